"""Bicep as a tree of what this project uses of it; what it does not use is refused by name.

The parser of PyPI checks the syntax beside this one, but its tree cannot tell a name from a text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.infra.bicep.tokens import BicepError, Token, pieces, tokens

type Node = tuple[Any, ...]

_LEVELS: Final = (("??",), ("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


@dataclass(slots=True)
class Declaration:
    """One `param`, `var`, `resource`, `module` or `output`."""

    kind: str
    name: str
    detail: str
    value: Node | None
    existing: bool = False
    decorators: dict[str, list[Node]] = field(default_factory=dict)


class Reader:
    """Reads declarations and expressions, each by recursive descent."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0

    def file(self) -> list[Declaration]:
        found: list[Declaration] = []
        decorators: dict[str, list[Node]] = {}
        while not self._is("end"):
            if self._take("newline"):
                continue
            if self._mark("@"):
                name = self._need("name")
                decorators[name] = self._arguments()
                continue
            found.append(self._declaration(decorators))
            decorators = {}
        return found

    def expression(self) -> Node:
        condition = self._binary(0)
        if not self._mark("?"):
            return condition
        self._newlines()
        yes = self.expression()
        self._newlines()
        self._need(":")
        self._newlines()
        return ("choose", condition, yes, self.expression())

    def _declaration(self, decorators: dict[str, list[Node]]) -> Declaration:
        kind = self._need("name")
        if kind == "targetScope":
            self._need("=")
            return Declaration(kind, kind, "", self.expression())
        name = self._need("name")
        detail = self._detail(kind)
        existing = self._peek().text == "existing" and bool(self._take("name"))
        value = None
        if self._mark("="):
            value = self._body() if kind in {"resource", "module"} else self.expression()
        self._need("newline")
        return Declaration(kind, name, detail, value, existing, decorators)

    def _detail(self, kind: str) -> str:
        if kind in {"resource", "module"}:
            return self._need("string")
        if kind in {"param", "output"}:
            plain = self._need("name")
            return plain + ("[]" if self._mark("[") and self._need("]") else "")
        if kind == "var":
            return ""
        raise BicepError(f"this reader does not know the declaration {kind}")

    def _body(self) -> Node:
        if self._mark("["):
            return self._loop()
        if self._peek().text == "if":
            self._take("name")
            self._need("(")
            condition = self.expression()
            self._need(")")
            return ("if", condition, self._object())
        return self._object()

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._peek().kind == "mark" and self._peek().text in _LEVELS[level]:
            operator = self._next().text
            self._newlines()
            left = ("binary", operator, left, self._binary(level + 1))
        return left

    def _unary(self) -> Node:
        if self._mark("!"):
            return ("not", self._unary())
        node = self._primary()
        while True:
            if self._mark("."):
                name = self._need("name")
                node = (
                    ("call", name, self._arguments())
                    if self._peek().text == "(" and node == ("name", "sys")
                    else ("get", node, ("text", name))
                )
            elif self._mark("::"):
                node = ("child", node, self._need("name"))
            elif self._peek().text == "[":
                self._next()
                node = ("get", node, self.expression())
                self._need("]")
            elif self._peek().text == "!" and self._tokens[self._at + 1].text == ".":
                self._next()
            else:
                return node

    def _primary(self) -> Node:
        token = self._next()
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
        if self._peek().text == "(":
            return ("call", name, self._arguments())
        if self._mark("=>"):
            return ("lambda", name, self.expression())
        return ("name", name)

    def _parenthesis(self) -> Node:
        inner = self.expression()
        self._need(")")
        return inner

    def _arguments(self) -> list[Node]:
        self._need("(")
        self._newlines()
        found: list[Node] = []
        while not self._mark(")"):
            found.append(self.expression())
            self._newlines()
            if self._mark(","):
                self._newlines()
        return found

    def _array_or_loop(self) -> Node:
        if self._peek().text == "for":
            return self._loop()
        items: list[Node] = []
        self._separators()
        while not self._mark("]"):
            items.append(self.expression())
            self._separators()
        return ("array", items)

    def _loop(self) -> Node:
        self._word("for")
        index = None
        if self._mark("("):
            item = self._need("name")
            self._need(",")
            index = self._need("name")
            self._need(")")
        else:
            item = self._need("name")
        self._word("in")
        over = self.expression()
        self._need(":")
        body = self.expression()
        self._need("]")
        return ("for", item, index, over, body)

    def _object(self, *, opened: bool = False) -> Node:
        if not opened:
            self._need("{")
        properties: list[tuple[Node, Node]] = []
        children: list[Declaration] = []
        self._separators()
        while not self._mark("}"):
            if self._peek().text == "resource" and self._tokens[self._at + 1].kind == "name":
                children.append(self._declaration({}))
            else:
                token = self._next()
                key = _string(token.text) if token.kind == "string" else ("text", token.text)
                self._need(":")
                properties.append((key, self.expression()))
            self._separators()
        return ("object", properties, children)

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, kind: str) -> bool:
        return self._peek().kind == kind

    def _take(self, kind: str) -> Token | None:
        return self._next() if self._is(kind) else None

    def _mark(self, text: str) -> bool:
        return self._peek().kind == "mark" and self._peek().text == text and bool(self._next())

    def _need(self, what: str) -> str:
        token = self._next()
        if what not in {token.kind, token.text}:
            raise BicepError(f"line {token.line}: {token.text!r} stands where {what} should")
        return token.text

    def _word(self, word: str) -> None:
        token = self._next()
        if token.text != word:
            raise BicepError(f"line {token.line}: {token.text!r} stands where {word} should")

    def _newlines(self) -> None:
        while self._take("newline"):
            pass

    def _separators(self) -> None:
        while self._take("newline") or self._mark(","):
            pass


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
