"""The key that names a command (draft-ietf-httpapi-idempotency-key-header): a string in quotes, or a token.

What a repeat under it must equal is the digest of shared/kernel/commands/request_digest.py.
"""

import re
from collections.abc import Mapping

from shared.adapters.http.problems import Fault, Problem
from shared.adapters.identity.actor import is_token

NAME = "Idempotency-Key"
RULE = r'^("(?:[!#-\[\]-~]|\\["\\]){1,128}"|[!#-+\--~][!-+\--~]{0,127})$'
# RFC 8941, sections 3.3.3 and 3.1.2: a string, and parameters of which none means anything here.
_STRING = re.compile(
    r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"'
    r'(?: *; *[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[^"\\]|\\.)*"|[^;", ]+))?)*'
)
_PAIR = re.compile(r"\\(.)")


def key_of(headers: Mapping[str, str]) -> str | None:
    """Read the key, the same in quotes and without; raises Problem for what is none."""
    header = headers.get("idempotency-key")
    if header is None:
        return None
    given = header.strip(" \t")
    if given.startswith('"'):
        string = _STRING.fullmatch(given)
        key = _PAIR.sub(r"\1", string[1]) if string else ""
    else:
        # Without quotes, a comma would stand between two headers.
        key = "" if "," in given else given
    if not is_token(key):
        sentence = 'Expected a quoted string of 1 to 128 visible ASCII characters: "8e03978e-40d5".'
        title = "The Idempotency-Key is invalid"
        raise Problem(400, "idempotency-key", title, sentence, [Fault(NAME, sentence)])
    return key
