"""What is a URI, and what refers to one (RFC 3986)."""

import re

_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_HOST = rf"(?:\[[0-9A-Fa-fv:.]+\]|(?:(?![:@]){_PCHAR})*)"
_AUTHORITY = rf"//(?:(?:(?!@){_PCHAR})*@)?{_HOST}(?::[0-9]*)?(?=[/?#]|$)"
_REST = rf"(?:{_PCHAR}|/)*(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
# Section 3.3: without an authority, a path does not begin with two slashes.
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{_AUTHORITY}|(?!//)){_REST}")
# Section 4.2: without a scheme, the first segment has no colon.
_RELATIVE = re.compile(rf"(?:{_AUTHORITY}|(?!//|[^/?#]*:)){_REST}")


def is_uri(text: str) -> bool:
    """Tell whether a text is a URI with its scheme."""
    return _URI.fullmatch(text) is not None


def is_reference(text: str) -> bool:
    """Tell whether a text is a URI, or is relative to one."""
    return is_uri(text) or _RELATIVE.fullmatch(text) is not None
