"""The words of a query."""

import json
import re
from dataclasses import dataclass
from typing import Any

from emulators.cosmos import words
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
    start: int = 0


def tokens(text: str) -> list[Token]:
    """Cut a query into words; the last one is empty."""
    found: list[Token] = []
    place = 0
    while True:
        word = _WORD.match(text, place)
        if word is None:
            place += len(text[place:]) - len(text[place:].lstrip())
            what = f"Syntax error, invalid token '{text[place]}'."
            raise CosmosError(400, words.bad_query("SC1010", what, place, place + 1))
        found.append(_token(word))
        if found[-1].kind == "end":
            return found
        place = word.end()


def unexpected(token: Token) -> CosmosError:
    """Say that a query cannot go on with a word, or cannot end there."""
    if token.kind == "end":
        sentence = words.bad_query(
            "SC1002", "Syntax error, unexpected end-of-file.", token.start, token.start
        )
        return CosmosError(400, sentence)
    what = f"Syntax error, incorrect syntax near '{token.text}'."
    return CosmosError(
        400, words.bad_query("SC1001", what, token.start, token.start + len(token.text))
    )


def unresolved(query: list[Token], name: str) -> CosmosError:
    """Say that nothing in a query has a name."""
    pairs = zip([Token("end", ""), *query], query, strict=False)
    start = next(one.start for before, one in pairs if one.text == name and before.text != ".")
    what = f"Identifier '{name}' could not be resolved."
    return CosmosError(400, words.bad_query("SC2001", what, start, start + len(name)))


def _token(word: re.Match[str]) -> Token:
    kind, text = word.lastgroup or "", word[word.lastgroup or 0]
    start = word.start(word.lastgroup or 0)
    if text in _BITWISE:
        raise unsupported(f"the operator {text}")
    if kind == "name" and text.lower() in _LITERALS:
        return Token("constant", text, _LITERALS[text.lower()], start)
    if kind == "number":
        return Token("constant", text, json.loads(text), start)
    if kind == "text":
        return Token("constant", text, _text(text), start)
    return Token(kind, text, start=start)


def _text(quoted: str) -> str:
    inner = quoted[1:-1]
    if quoted[0] == "'":
        inner = re.sub(r"""\\'|(?<!\\)\"""", lambda found: found[0][-1:].replace('"', '\\"'), inner)
    try:
        value: str = json.loads(f'"{inner}"', strict=False)
    except ValueError:
        raise CosmosError(400, f"Syntax error, invalid string literal {quoted!r}.") from None
    return value
