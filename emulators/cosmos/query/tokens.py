"""The words of a query."""

import json
import re
from dataclasses import dataclass
from typing import Any

from emulators.cosmos.errors import CosmosError, unsupported

_WORD = re.compile(
    r"""(?:\s|--[^\n]*|/\*.*?\*/)*(?:
        (?P<parameter>@\w+)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[^\W\d]\w*)
      | (?P<sign><=|>=|!=|<>|\?\?|\|\||<<|>>|[=<>(),.*:?\[\]{}+\-/%&|^~!])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_LITERALS = {"true": True, "false": False, "null": None}
_BITWISE = frozenset({"&", "|", "^", "~", "<<", ">>"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, what kind it is, and the value of a constant."""

    kind: str
    text: str
    value: Any = None


def tokens(text: str) -> list[Token]:
    """Cut a query into words; the last one is empty."""
    found: list[Token] = []
    place = 0
    while True:
        word = _WORD.match(text, place)
        if word is None:
            near = text[place : place + 20]
            raise CosmosError(400, f"Syntax error, invalid token near {near!r}.")
        found.append(_token(word))
        if found[-1].kind == "end":
            return found
        place = word.end()


def _token(word: re.Match[str]) -> Token:
    kind, text = word.lastgroup or "", word[word.lastgroup or 0]
    if text in _BITWISE:
        raise unsupported(f"the operator {text}")
    if kind == "name" and text.lower() in _LITERALS:
        return Token("constant", text, _LITERALS[text.lower()])
    if kind == "number":
        return Token("constant", text, json.loads(text))
    if kind == "text":
        return Token("constant", text, _text(text))
    return Token(kind, text)


def _text(quoted: str) -> str:
    inner = quoted[1:-1]
    if quoted[0] == "'":
        inner = re.sub(r"""\\'|(?<!\\)\"""", lambda found: found[0][-1:].replace('"', '\\"'), inner)
    try:
        value: str = json.loads(f'"{inner}"', strict=False)
    except ValueError:
        raise CosmosError(400, f"Syntax error, invalid string literal {quoted!r}.") from None
    return value
