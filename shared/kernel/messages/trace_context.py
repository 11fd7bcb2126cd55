"""W3C Trace Context, level 2, as far as it is carried along: https://www.w3.org/TR/trace-context-2/."""

import re

_TRACEPARENT = re.compile(
    r"(?P<version>(?!ff)[0-9a-f]{2})(?P<ids>-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)
_SAMPLED_AND_RANDOM = 0b11
_MEMBER = re.compile(
    r"[a-z0-9][a-z0-9_*/@-]{0,255}"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
_MOST_MEMBERS, _LONGEST, _LARGE = 32, 512, 128


def well_formed(traceparent: str | None) -> str | None:
    """Give a traceparent in the version that we know, None when it breaks its rules: it is ignored then.

    Of a version to come, what is known of it counts (its section on the versioning of traceparent).
    """
    found = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    if found["version"] == "00":
        return None if found["more"] else traceparent
    return f"00{found['ids']}-{int(found['flags'], 16) & _SAMPLED_AND_RANDOM:02x}"


def carried(tracestate: str | None, traceparent: str | None) -> str | None:
    """Give the tracestate beside a traceparent, None for what is no list of its kind (section 3.3).

    What is longer than what is carried loses whole members.
    """
    if tracestate is None or traceparent is None:
        return None
    members = [member for one in tracestate.split(",") if (member := one.strip(" \t"))]
    keys = {member.partition("=")[0] for member in members}
    whole = len(keys) == len(members) and all(map(_MEMBER.fullmatch, members))
    if not whole or not 0 < len(members) <= _MOST_MEMBERS:
        return None
    while len(",".join(members)) > _LONGEST:
        # The large ones first, the last of them, then from the end (section 3.3.1.5).
        large = [place for place, one in enumerate(members) if len(one) > _LARGE]
        members.pop(large[-1] if large else -1)
    return ",".join(members) or None
