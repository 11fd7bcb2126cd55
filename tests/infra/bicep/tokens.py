"""Bicep text as tokens. Strings come whole: what is interpolated is parsed where they are."""

import re
from dataclasses import dataclass
from typing import Final


class BicepError(Exception):
    """The Bicep says something that Azure would refuse, or that this reader does not know."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark, and the line that it stands in."""

    kind: str
    text: str
    line: int


_PATTERNS: Final = (
    ("skip", r"[ \t\r]+|//[^\n]*|/\*.*?\*/|#disable-next-line[^\n]*"),
    ("newline", r"\n"),
    ("text", r"'''(?:\r?\n)?.*?'''"),
    ("number", r"\d+"),
    ("name", r"[A-Za-z_][A-Za-z0-9_]*"),
    ("mark", r"=>|==|!=|<=|>=|&&|\|\||\?\?|\.\?|::|[{}\[\]():,.=<>!?|+*/%@-]"),
)
_TOKEN: Final = re.compile("|".join(f"(?P<{name}>{text})" for name, text in _PATTERNS), re.DOTALL)


def tokens(text: str) -> list[Token]:
    """Cut a file into tokens; raises BicepError at what is none."""
    found: list[Token] = []
    at, line = 0, 1
    while at < len(text):
        if text[at] == "'" and not text.startswith("'''", at):
            end = _end_of_string(text, at)
            found.append(Token("string", text[at + 1 : end], line))
            at = end + 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise BicepError(f"line {line}: {text[at : at + 20]!r} is no Bicep")
        if match.lastgroup != "skip":
            found.append(Token(match.lastgroup or "", match.group(), line))
        line += match.group().count("\n")
        at = match.end()
    return [*found, Token("newline", "\n", line), Token("end", "", line)]


def pieces(text: str) -> list[tuple[bool, str]]:
    """Part a string into what is said and what is interpolated, (False, said) or (True, expression)."""
    parts: list[tuple[bool, str]] = []
    said, at = "", 0
    while at < len(text):
        if text[at] == "\\":
            said, at = said + {"n": "\n", "t": "\t"}.get(text[at + 1], text[at + 1]), at + 2
        elif text.startswith("${", at):
            end = _end_of_interpolation(text, at + 2)
            parts += [(False, said), (True, text[at + 2 : end])]
            said, at = "", end + 1
        else:
            said, at = said + text[at], at + 1
    return [*parts, (False, said)]


def _end_of_string(text: str, start: int) -> int:
    at = start + 1
    while at < len(text) and text[at] != "\n":
        if text[at] == "'":
            return at
        if text[at] == "\\":
            at += 1
        elif text.startswith("${", at):
            at = _end_of_interpolation(text, at + 2)
        at += 1
    raise BicepError(f"a string has no end: {text[start : start + 40]!r}")


def _end_of_interpolation(text: str, start: int) -> int:
    at = start
    while at < len(text) and text[at] != "}":
        at = _end_of_string(text, at) + 1 if text[at] == "'" else at + 1
    return at
