"""Bodies of requests: whether one came, how it is declared, and the JSON in it (RFC 8259, RFC 9110 section 8)."""

import json
import re
import sys
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import from_json

from shared.adapters.http.problems import Problem, unsupported_media_type

_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s";]*)', re.IGNORECASE)


def media_type(headers: Mapping[str, str]) -> str:
    """Give the media type of a body, without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def check_body(headers: Mapping[str, str], body: bytes, what: str) -> None:
    """Check what is around a body, before anything reads it; raises Problem."""
    if not body and "transfer-encoding" in headers:
        # The platform hands over no body without a length (RFC 9110, section 15.5.12).
        raise Problem(
            411, "length-required", "Content-Length required", "Send the body with Content-Length."
        )
    encoding = headers.get("content-encoding", "").strip()
    if encoding.lower() not in {"", "identity"}:
        # RFC 9110, section 15.5.16: the answer says which encoding would have been taken.
        refused = unsupported_media_type(f"{what} is not encoded.")
        refused.headers["Accept-Encoding"] = "identity"
        raise refused


def check_charset(headers: Mapping[str, str], what: str) -> None:
    """Check that JSON is not declared as anything but UTF-8 (RFC 8259, section 8.1); raises Problem."""
    declared = headers.get("content-type", "")
    charset = _CHARSET.search(declared)
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise unsupported_media_type(f"{what} is UTF-8.")


class Doubled(ValueError):
    """An object has two members of one name; `pointers` say where (RFC 6901)."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__(f"two members have one name: {', '.join(pointers)}")
        self.pointers = pointers


class _Twice(dict[str, Any]):
    """An object with members of one name."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counted = Counter(name for name, _ in pairs)
        self.names = [name for name, times in counted.items() if times > 1]


def read_once(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read what is known to be JSON; raises Doubled, as others may take the other member (RFC 8259, section 4)."""
    content = from_json(body)
    # Every command comes by, and most are flat: with one colon for each member, none is lost.
    if isinstance(content, dict) and body.count(b":") == len(content):
        return content
    doubled = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        doubled = True
        return _Twice(pairs)

    again = json.loads(body, object_pairs_hook=members)
    if doubled:
        raise Doubled(list(_doubles(again, "")))
    return content


def _doubles(content: Any, at: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(content, _Twice):
        yield from (f"{at}/{escaped(name)}" for name in content.names)
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _doubles(value, f"{at}/{escaped(name)}")
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from _doubles(value, f"{at}/{number}")


def escaped(name: str) -> str:
    """Write the name of a member as a step of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def read_json(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read JSON; raises ValueError for what is none, for what no double holds, and Doubled."""
    plain = body.removeprefix(BOM_UTF8)
    if not _fits(from_json(plain, allow_inf_nan=False)):
        raise ValueError("it holds a number that is more than any JSON number")
    return read_once(plain)


def _fits(content: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a double holds every number (RFC 8259, section 6): 1e400 is read as infinity."""
    match content:
        case int() | float():
            return abs(content) <= sys.float_info.max
        case dict():
            return all(map(_fits, content.values()))
        case list():
            return all(map(_fits, content))
    return True
