"""The words of a query."""

import json
import re
from dataclasses import dataclass
from typing import Any

from emulators.cosmos.errors import CosmosError

_WORD = re.compile(
    r"""\s*(?:
        (?P<parameter>@\w+)
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign><=|>=|!=|<>|[=<>(),.*:\[\]{}])
    )""",
    re.VERBOSE,
)
_LITERALS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, what kind it is, and the value of a constant."""

    kind: str
    text: str
    value: Any = None


def tokens(text: str) -> list[Token]:
    """Cut a query into words; the last one is empty."""
    found: list[Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        word = _WORD.match(text, place)
        if word is None:
            raise CosmosError(400, f"The query is not understood at {text[place : place + 20]!r}.")
        found.append(_token(word))
        place = word.end()
    return [*found, Token("end", "")]


def _token(word: re.Match[str]) -> Token:
    kind, text = word.lastgroup or "", word[word.lastgroup or 0]
    if kind == "name" and text.lower() in _LITERALS:
        return Token("constant", text, _LITERALS[text.lower()])
    if kind == "number":
        return Token("constant", text, json.loads(text))
    if kind == "text":
        inner = text[1:-1]
        if text[0] == "'":
            inner = inner.replace("\\'", "'").replace('"', '\\"')
        return Token("constant", text, json.loads(f'"{inner}"'))
    return Token(kind, text)
