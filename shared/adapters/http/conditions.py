"""Conditional requests (RFC 9110, section 13): entity tags, and what they make of a request or of an answer.

What version a command expects is read from them in command_api/parsing.py.
"""

import hashlib
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

import azure.functions as func

from shared.adapters.http.problems import CHANGED, Fault, Problem, malformed

# Section 8.8.3: any visible character but a quote, and what is no ASCII. Spaces are taken once and for all (`*+`).
_TAG = r'\s*+(?:(W/)?"([\x21\x23-\x7e\x80-\U0010ffff]*)"\s*+)?(?:,|$)'
# A page behind which there is more never changes (RFC 9111, section 5.2.2; RFC 8246). Keys stand in other headers
# than Authorization, so nothing may be kept for others.
IMMUTABLE = "private, max-age=31536000, immutable"
# What anybody may see who knows where it is.
SHARED_IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "private, no-cache"
NEVER_KEPT = "no-store"


@dataclass(frozen=True, slots=True)
class Tags:
    """The entity tags of a header, or `*`."""

    everything: bool
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()

    @classmethod
    def read(cls, header: str) -> Self | None:
        """Read If-Match or If-None-Match (sections 13.1.1 and 13.1.2); None for what is no list of tags."""
        if header.strip() == "*":
            return cls(everything=True)
        # Compiled when it is used, as most requests have no condition.
        tag = re.compile(_TAG)
        at, strong, weak = 0, set[str](), set[str]()
        while at < len(header):
            found = tag.match(header, at)
            if found is None:
                return None
            at = found.end()
            if found[2] is not None:
                (weak if found[1] else strong).add(found[2])
        if not strong | weak:
            return None
        return cls(everything=False, strong=frozenset(strong), weak=frozenset(weak))


def tags(name: str, header: str) -> Tags:
    """Read a header of a command; raises Problem: a condition that is not understood is not left out."""
    found = Tags.read(header)
    if found is None:
        sentence = 'Expected quoted entity tags, such as "7", with commas between them, or *.'
        raise malformed(f"The header {name} is malformed.", [Fault(name, sentence)])
    return found


def conditional(req: func.HttpRequest, answer: func.HttpResponse) -> func.HttpResponse:
    """Give the answer to a GET or HEAD its tag and how it is kept, or 304 in its place; raises Problem.

    Section 13.2.1: what would not be a success without the condition is answered as it is.
    """
    headers = answer.headers
    match, none_match = req.headers.get("If-Match"), req.headers.get("If-None-Match")
    if answer.status_code != HTTPStatus.OK:
        headers.setdefault("Cache-Control", NEVER_KEPT)
        if answer.status_code == HTTPStatus.ACCEPTED and match is not None:
            # Section 13.1.1: of what is not there yet, there is no representation that could match.
            tags("If-Match", match)
            raise _changed({})
        return answer
    headers.setdefault("Cache-Control", REVALIDATED)
    tag = headers.setdefault("ETag", f'"{hashlib.sha256(answer.get_body()).hexdigest()[:32]}"')
    if match is not None and not _among(tags("If-Match", match), tag, weakly=False):
        raise _changed({"ETag": tag})
    seen = Tags.read(none_match) if none_match is not None else None
    if seen is None or not _among(seen, tag, weakly=True):
        return answer
    # Section 15.4.5; the media type too, for a cache puts what a 304 says in place of what it has.
    return func.HttpResponse(status_code=304, headers=dict(headers), mimetype=answer.mimetype)


def _changed(headers: dict[str, str]) -> Problem:
    detail = "The current entity tag is none of these."
    return Problem(412, "precondition-failed", CHANGED, detail, headers=headers)


def _among(known: Tags, tag: str, *, weakly: bool) -> bool:
    """Compare as section 8.8.3.2 has it; our own tags are all strong."""
    return known.everything or tag.strip('"') in (known.strong | (known.weak if weakly else set()))
