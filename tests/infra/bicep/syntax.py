"""Bicep as a tree of what this project uses of it; what it does not use is refused by name.

The parser of PyPI checks the syntax beside this one, but its tree cannot tell a name from a text.
"""

import re
from collections.abc import Callable
from typing import Final

from tests.infra.bicep.cursor import Cursor
from tests.infra.bicep.declaration import Declaration, Node
from tests.infra.bicep.tokens import BicepError, pieces
from tests.infra.bicep.types import read_type

_SKIP: Final = re.compile(r"//\s*checkov:skip=(\w+):\s*(.+)")
_LEVELS: Final = (("??",), ("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


class Reader:
    """Reads declarations and expressions, each by recursive descent; raises BicepError."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._on = Cursor(text)

    def file(self) -> list[Declaration]:
        """Read a whole file."""
        found: list[Declaration] = []
        decorators: dict[str, list[Node]] = {}
        while not self._on.at("end"):
            if self._on.take("newline"):
                continue
            if self._on.mark("@"):
                name = self._on.need("name")
                decorators[name] = self._arguments()
                continue
            found.append(self._declaration(decorators))
            decorators = {}
        return found

    def _import(self) -> Declaration:
        names: list[str] = []
        self._on.need("{")
        self._on.separators()
        while not self._on.mark("}"):
            names.append(self._on.need("name"))
            self._on.separators()
        self._on.word("from")
        path = self._on.need("string")
        return Declaration("import", path, path, None, imported=tuple(names))

    def expression(self) -> Node:
        """Read one expression."""
        condition = self._binary(0)
        if not self._on.mark("?"):
            return condition
        self._on.newlines()
        yes = self.expression()
        self._on.newlines()
        self._on.need(":")
        self._on.newlines()
        return ("choose", condition, yes, self.expression())

    def _declaration(self, decorators: dict[str, list[Node]]) -> Declaration:
        begins = self._on.peek().line
        kind = self._on.need("name")
        if kind == "targetScope":
            self._on.need("=")
            return Declaration(kind, kind, "", self.expression())
        if kind == "import":
            return self._import()
        name = self._on.need("name")
        detail = self._on.need("string") if kind in {"resource", "module"} else ""
        typed = read_type(self._on) if kind in {"param", "output"} else None
        if kind not in {"resource", "module", "param", "output", "var", "type"}:
            raise BicepError(f"this reader does not know the declaration {kind}")
        existing = self._on.peek().text == "existing" and bool(self._on.take("name"))
        value = None
        if kind == "type":
            self._on.need("=")
            typed = read_type(self._on)
        elif self._on.mark("="):
            value = self._body() if kind in {"resource", "module"} else self.expression()
        self._on.need("newline")
        said = "\n".join(self._lines[begins - 1 : self._on.peek(-1).line])
        skipped = dict(_SKIP.findall(said))
        return Declaration(kind, name, detail, value, typed, existing, decorators, skipped=skipped)

    def _body(self) -> Node:
        if self._on.mark("["):
            return self._loop()
        if self._on.peek().text == "if":
            self._on.take("name")
            self._on.need("(")
            condition = self.expression()
            self._on.need(")")
            return ("if", condition, self._object())
        return self._object()

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._on.peek().kind == "mark" and self._on.peek().text in _LEVELS[level]:
            operator = self._on.next().text
            self._on.newlines()
            left = ("binary", operator, left, self._binary(level + 1))
        return left

    def _unary(self) -> Node:
        if self._on.mark("!"):
            return ("not", self._unary())
        node = self._primary()
        while True:
            if self._on.mark("."):
                name = self._on.need("name")
                node = (
                    ("call", f"sys.{name}", self._arguments())
                    if self._on.peek().text == "(" and node == ("name", "sys")
                    else ("get", node, ("text", name))
                )
            elif self._on.mark(".?"):
                node = ("safe", node, ("text", self._on.need("name")))
            elif self._on.mark("::"):
                node = ("child", node, self._on.need("name"))
            elif self._on.peek().text == "[":
                self._on.next()
                access = "safe" if self._on.mark("?") else "get"
                node = (access, node, self.expression())
                self._on.need("]")
            elif self._on.peek().text == "!" and self._on.peek(1).text == ".":
                self._on.next()
            else:
                return node

    def _primary(self) -> Node:
        token = self._on.next()
        readers: dict[str, Callable[[], Node]] = {
            "{": lambda: self._object(opened=True),
            "[": self._array_or_loop,
            "(": self._parenthesis,
        }
        if token.text in readers and token.kind == "mark":
            return readers[token.text]()
        if token.kind == "number":
            return ("value", int(token.text))
        if token.kind == "string":
            return _string(token.text)
        if token.kind == "text":
            return ("text", token.text[3:-3].removeprefix("\n"))
        if token.kind == "name":
            return self._name(token.text)
        raise BicepError(f"line {token.line}: {token.text!r} begins no expression")

    def _name(self, name: str) -> Node:
        if name in {"true", "false", "null"}:
            return ("value", {"true": True, "false": False, "null": None}[name])
        if self._on.peek().text == "(":
            return ("call", name, self._arguments())
        if self._on.mark("=>"):
            return ("lambda", name, self.expression())
        return ("name", name)

    def _parenthesis(self) -> Node:
        inner = self.expression()
        self._on.need(")")
        return inner

    def _arguments(self) -> list[Node]:
        self._on.need("(")
        self._on.newlines()
        found: list[Node] = []
        while not self._on.mark(")"):
            found.append(self.expression())
            self._on.newlines()
            if self._on.mark(","):
                self._on.newlines()
        return found

    def _array_or_loop(self) -> Node:
        if self._on.peek().text == "for":
            return self._loop()
        items: list[Node] = []
        self._on.separators()
        while not self._on.mark("]"):
            items.append(self.expression())
            self._on.separators()
        return ("array", items)

    def _loop(self) -> Node:
        self._on.word("for")
        index = None
        if self._on.mark("("):
            item = self._on.need("name")
            self._on.need(",")
            index = self._on.need("name")
            self._on.need(")")
        else:
            item = self._on.need("name")
        self._on.word("in")
        over = self.expression()
        self._on.need(":")
        body = self.expression()
        self._on.need("]")
        return ("for", item, index, over, body)

    def _object(self, *, opened: bool = False) -> Node:
        if not opened:
            self._on.need("{")
        properties: list[tuple[Node, Node]] = []
        children: list[Declaration] = []
        self._on.separators()
        while not self._on.mark("}"):
            if self._on.peek().text == "resource" and self._on.peek(1).kind == "name":
                children.append(self._declaration({}))
            else:
                token = self._on.next()
                key = _string(token.text) if token.kind == "string" else ("text", token.text)
                self._on.need(":")
                properties.append((key, self.expression()))
            self._on.separators()
        return ("object", properties, children)


def _string(text: str) -> Node:
    parts: list[Node] = []
    for interpolated, piece in pieces(text):
        if interpolated:
            parts.append(Reader(piece).expression())
        elif piece:
            parts.append(("text", piece))
    if all(part[0] == "text" for part in parts):
        return ("text", "".join(part[1] for part in parts))
    return ("join", parts)
