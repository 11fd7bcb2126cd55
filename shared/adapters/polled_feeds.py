"""Which feeds of others are followed, and what each may deliver: what the settings say, read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlsplit

from shared.adapters.identity.webhook_senders import Sender, sender
from shared.kernel.errors import ConfigurationError

FEEDS, SECRETS = "POLLED_FEEDS", "POLLED_FEEDS_SECRETS"
PRIVATE, REDIRECTS = "private", "redirects"
_ALLOWED = frozenset({PRIVATE, REDIRECTS})
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_VALUE = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")
_LEAST_PARTS, _MOST_PARTS = 3, 4


class Credential(NamedTuple):
    """A header that is shown to a feed."""

    header: str
    value: str


@dataclass(frozen=True, slots=True)
class PolledFeed:
    """A feed of others: where it is, what it may deliver, and what may be done to read it.

    `private` lets it be at an address that is not public, and be read without TLS; `redirects` lets it lead away.
    """

    name: str
    url: str
    sender: Sender
    private: bool = False
    redirects: bool = False
    credential: Credential | None = None


def read_polled_feeds(environment: Mapping[str, str]) -> tuple[PolledFeed, ...]:
    """Read the settings; raises ConfigurationError that names the place, and no secret."""
    entries = [one for one in environment.get(FEEDS, "").split(";") if one.strip()]
    feeds = [_feed(entry, number) for number, entry in enumerate(entries, start=1)]
    known = {one.name: one for one in feeds}
    if len(known) != len(feeds):
        raise ConfigurationError(f"{FEEDS} names a feed twice")
    secrets = [one for one in environment.get(SECRETS, "").split(",") if one.strip()]
    for number, entry in enumerate(secrets, start=1):
        name, credential = _credential(entry, number)
        if name not in known or known[name].credential is not None:
            raise ConfigurationError(
                f"{SECRETS}, entry {number}: the name of a feed is expected, once"
            )
        known[name] = replace(known[name], credential=credential)
    return tuple(known.values())


def origin(url: str) -> tuple[str, str]:
    """Tell where a URL leads, up to its path."""
    found = urlsplit(url)
    default = {"https": ":443", "http": ":80"}.get(found.scheme, "")
    return found.scheme, found.netloc.lower().removesuffix(default)


def _feed(entry: str, number: int) -> PolledFeed:
    """Read `name = url | sources | types | what is allowed`."""
    name, _, rest = (part.strip() for part in entry.partition("="))
    place = f"{FEEDS}, entry {number} ('{name[:40]}')"
    parts = [tuple(part.split()) for part in rest.split("|")]
    if _NAME.fullmatch(name) is None or not _LEAST_PARTS <= len(parts) <= _MOST_PARTS:
        raise ConfigurationError(
            f"{place}: `name = url | sources | types | {PRIVATE} {REDIRECTS}` is expected, the name of small"
            " letters, digits and dashes, the last part only where it is needed"
        )
    urls, sources, types, allowed = parts[0], parts[1], parts[2], parts[3] if parts[3:] else ()
    if set(allowed) - _ALLOWED:
        raise ConfigurationError(f"{place}: only `{PRIVATE}` and `{REDIRECTS}` can be allowed")
    if len(urls) != 1 or not _is_address(urls[0], private=PRIVATE in allowed):
        raise ConfigurationError(
            f"{place}: one URL is expected, with `https` unless it may be `{PRIVATE}`, and nobody's name in it"
        )
    may = sender(name, place, [sources, types])
    return PolledFeed(name, urls[0], may, PRIVATE in allowed, REDIRECTS in allowed)


def _is_address(text: str, *, private: bool) -> bool:
    try:
        found = urlsplit(text)
        _ = found.port
    except ValueError:
        return False
    schemes = {"https", "http"} if private else {"https"}
    return found.scheme in schemes and bool(found.hostname) and "@" not in found.netloc


def _credential(entry: str, number: int) -> tuple[str, Credential]:
    """Read `name = header: value`."""
    place = f"{SECRETS}, entry {number}"
    if "@Microsoft.KeyVault(" in entry:
        # The platform leaves a reference as it is when it may not read what it refers to.
        raise ConfigurationError(f"{place}: it refers to a Key Vault that cannot be read")
    name, _, shown = (part.strip() for part in entry.partition("="))
    header, _, value = (part.strip() for part in shown.partition(":"))
    if _HEADER.fullmatch(header) is None or _VALUE.fullmatch(value) is None:
        raise ConfigurationError(f"{place}: `name = header: value` is expected")
    return name, Credential(header, value)
