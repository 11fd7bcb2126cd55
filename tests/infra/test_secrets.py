"""Nothing that is tracked holds a key, but for those that the emulators publish."""

import base64
import re
import secrets
import subprocess

import pytest

from infra.local.stack import ROOT

# Known to everybody: the keys of Microsoft's emulators, and that of the emulator of Event Grid, which listens on
# loopback alone.
PUBLISHED = (
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
    "SAS_KEY_VALUE",
    base64.b64encode(b"onewrite-local-event-grid-key-00").decode(),
    "00000000-0000-0000-0000-000000000001",
)
KEYS = (
    re.compile(r"(?:Account|SharedAccess)Key=(?P<key>[A-Za-z0-9+/=_-]{8,})"),
    # The digest of a package in a lock file is no key.
    re.compile(r"(?<!sha512-)(?P<key>[A-Za-z0-9+/]{86}==)"),
    re.compile(r"(?P<key>[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])"),
    re.compile(r"[?&]sig=(?P<key>[A-Za-z0-9%+/=]{20,})"),
    re.compile(r"[?&]code=(?P<key>[A-Za-z0-9_-]{20,}=*)"),
    re.compile(r"InstrumentationKey=(?P<key>[0-9a-f-]{36})"),
    re.compile(r"(?P<key>-----BEGIN [A-Z ]*PRIVATE KEY-----)"),
)


# Held byte for byte against the registry by test_vendored.py: drawings in them look like keys.
VENDORED = "command_api/pages/vendor/"


def keys_in(text: str) -> list[str]:
    """Find what looks like a key."""
    found = {match["key"] for pattern in KEYS for match in pattern.finditer(text)}
    return sorted(key for key in found if not any(key in known for known in PUBLISHED))


def test_no_tracked_file_holds_a_key() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    assert len(listed) > 100

    found = {}
    for name in (one for one in listed if one and not one.startswith(VENDORED)):
        path = ROOT / name
        if path.is_file():
            keys = keys_in(path.read_text(encoding="utf-8", errors="ignore"))
            found.update({name: keys} if keys else {})
    assert found == {}


def _made(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"AccountEndpoint=https://a/;AccountKey={_made(64)};",
        f"a key alone: {_made(64)}",
        f"Endpoint=sb://a/;SharedAccessKeyName=b;SharedAccessKey={_made(32)}",
        f"https://a.blob.core.windows.net/c?sp=r&sig={'x' * 43}%3D",
        f"https://a.azurewebsites.net/api/b?code={secrets.token_urlsafe(40)}==",
        "InstrumentationKey=" + "12345678-1234-1234-1234-123456789012",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
    ],
    ids=lambda text: text[:12],
)
def test_a_key_would_be_found(text: str) -> None:
    assert keys_in(text)
