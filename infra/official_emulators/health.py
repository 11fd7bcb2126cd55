"""Asks the emulators whether they are well: their images promise no tool to be asked with from within."""

import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Final

ADDRESSES: Final = ("http://127.0.0.1:8080/ready", "http://event-hubs:5300/health")


def ill(addresses: Sequence[str]) -> list[str]:
    """Give those that do not answer 200."""
    return [address for address in addresses if not _well(address)]


def _well(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - addresses of our own
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except (urllib.error.URLError, OSError):
        # Not there yet, or not well yet: asked again.
        return False


if __name__ == "__main__" and (found := ill(ADDRESSES)):
    sys.exit(f"not well: {' '.join(found)}")
