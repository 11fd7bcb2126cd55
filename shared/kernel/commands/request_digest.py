"""What tells a command from any other under its id: the digest of who asks for what."""

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from shared.kernel.messages.canonical import canonical

_SHA256 = hashlib.sha256()
"""Copied for each command: a new one looks its algorithm up first."""


def digest_of(type_: str, data: Mapping[str, Any], actor: str | None) -> str:
    """Returns the sha256 of who asks for what, as JSON in one form."""
    content = {"actor": actor, "data": canonical(data), "type": type_}
    digest = _SHA256.copy()
    digest.update(to_json(content))
    return digest.hexdigest()
