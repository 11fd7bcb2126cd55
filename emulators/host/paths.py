"""The path of a request as Kestrel reads it: decoded, without dot segments, and encoded again for the function."""

import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

_SLASH: Final = re.compile("%2f", re.IGNORECASE)
_ENCODED: Final = re.compile("(?:%[0-9A-Fa-f]{2})+")
_LONE: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_KEPT: Final = "/:@!$&'()*+,;=%"


class MalformedPathError(Exception):
    """A path that is answered with 400."""


def decoded(raw: str) -> str:
    """Decode a path and resolve its dot segments; raises MalformedPathError.

    An encoded slash stays as it was sent, or it would be a separator; so does what is no UTF-8.
    """
    path = "".join(
        part if _SLASH.fullmatch(part) else _ENCODED.sub(_text, part)
        for part in re.split("(%2[fF])", raw)
    )
    if "\0" in path:
        raise MalformedPathError(raw)
    return _resolved(path)


def encoded(path: str) -> str:
    """Encode a decoded path as the function sees it in its URL; what looks encoded already stays."""
    return _LONE.sub("%25", quote(path, safe=_KEPT))


def _text(found: re.Match[str]) -> str:
    try:
        return unquote_to_bytes(found[0]).decode()
    except UnicodeDecodeError:
        return found[0]


def _resolved(path: str) -> str:
    parts: list[str] = []
    first, *segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del parts[-1:]
        elif segment != ".":
            parts.append(segment)
    # What ends in a dot segment is a folder.
    if segments and segments[-1] in {".", ".."}:
        parts.append("")
    return "/".join([first, *parts])
