"""The elements of a JSON array as they are written: one that cannot be read leaves the others what they are."""

import re

from shared.kernel.errors import InvalidMessage

# A text that never ends reaches to the end, or each of its quotes would be tried anew.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[][{},]', re.DOTALL)


def elements(body: bytes) -> list[bytes]:
    """Cut an array into its elements; raises InvalidMessage for what is none."""
    text = body.strip()
    found, depth, begin, end = list[bytes](), 0, 1, 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
        if (mark == b"," and depth == 1) or depth == 0:
            found.append(text[begin : token.start()].strip())
            begin = end = token.end()
        if depth == 0:
            break
    if not (text.startswith(b"[") and text.endswith(b"]") and end == len(text) and all(found)):
        raise InvalidMessage("a batch of events is no JSON")
    return found
