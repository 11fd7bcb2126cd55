"""The three modes of a CloudEvent (HTTP protocol binding 1.0.2, section 3), told by the content type alone."""

import base64
import codecs
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from shared.adapters.http.bodies import media_type, read_json
from shared.kernel.errors import InvalidMessage

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_ANY_FORMAT = "application/cloudevents"
_JSON = re.compile(r"[^/;]+/(?:[^/;]+\+)?json", re.IGNORECASE)
_PAIR = re.compile(r"\\(.)")
# Python calls these encodings too; some take minutes for a megabyte.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"})
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_binary(headers: Mapping[str, str]) -> bool:
    """Tell whether attributes are in headers (section 3): beside a structured event, they only repeat it."""
    return "ce-specversion" in headers and not media_type(headers).startswith(_ANY_FORMAT)


def binary(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Read an event whose attributes are headers (section 3.1) as the JSON format writes it."""
    event: dict[str, Any] = {
        name.removeprefix("ce-"): _decoded(name, value)
        for name, value in headers.items()
        # The data is the body, whatever a header says.
        if name.startswith("ce-") and name not in {"ce-data", "ce-data_base64"}
    }
    declared = headers.get("content-type")
    if declared:
        event["datacontenttype"] = declared
    if body:
        event["data"] = carried(declared, body)
    return event


def carried(declared: str | None, data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Give data of any content type as JSON: its JSON, its text, or its bytes in base64; raises ValueError.

    What declares no type is JSON (JSON format 1.0.2, section 3.1).
    """
    media, _, parameters = (declared or "application/json").partition(";")
    if _JSON.fullmatch(media.strip()):
        return read_json(data)
    if media.strip().lower().startswith("text/"):
        charset = re.search(r'charset\s*=\s*"?([^\s";]+)', parameters, re.IGNORECASE)
        try:
            text = _text(data, charset[1] if charset else "utf-8")
            # Some character sets give halves of characters, which can be written nowhere.
            text.encode()
        except (UnicodeError, LookupError):
            pass
        else:
            return text
    return base64.b64encode(data).decode()


def _text(data: bytes, charset: str) -> str:
    """Decode a text; raises LookupError, UnicodeError."""
    known = codecs.lookup(charset)
    if known.name in _NO_CHARSETS:
        raise LookupError(charset)
    return data.decode(known.name)


def _decoded(name: str, value: str) -> str:
    """Decode a header (section 3.1.3.2): quotes first, then percents, once; raises InvalidMessage for no UTF-8."""
    value = value.strip(" \t")
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = _PAIR.sub(r"\1", value[1:-1])
    if _PERCENT.search(value):
        # As it is, it could not be told from what "%25" encodes.
        raise InvalidMessage(f"the header {name} holds a % that encodes nothing")
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        # Replaced, two ids could become one.
        raise InvalidMessage(f"the header {name} is not UTF-8: {error}") from error
