"""Who may deliver events of others, and which: what the settings say, read and checked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.adapters.identity.entra_names import GUID
from shared.kernel.errors import ConfigurationError

PLATFORM = "platform"
"""The sender whose events Event Grid brings straight to the function: it shows nothing, the platform knows it."""

MOST_SECRETS = 2
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PATTERN = re.compile(r"[^\s*]+\*?|\*")
_APPLICATION = re.compile(GUID, re.IGNORECASE)
_PARTS = ("sources", "types", "applications")


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who delivers: the sources and types it may deliver, and what it is known by.

    A pattern that ends with `*` stands for all that begins like it. Types that are `gone` are wanted no more.
    """

    name: str
    sources: tuple[str, ...]
    types: tuple[str, ...]
    applications: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def may_deliver(self, source: str, type_: str) -> bool:
        """Tell whether an event of a source and a type may come from here."""
        return _matches(source, self.sources) and _matches(type_, self.types)

    def is_gone(self, source: str, type_: str) -> bool:
        """Tell whether an event of a source is of a type that is no longer wanted from here."""
        return _matches(source, self.sources) and _matches(type_, self.gone)


def read_senders(senders: str, secrets: str) -> tuple[Sender, ...]:
    """Read WEBHOOK_SENDERS and WEBHOOK_SECRETS; raises ConfigurationError that names the place, and no secret."""
    entries = [one for one in senders.split(";") if one.strip()]
    read = [_sender(entry, number) for number, entry in enumerate(entries, start=1)]
    _check_once("WEBHOOK_SENDERS", "the sender", (one.name for one in read))
    _check_once("WEBHOOK_SENDERS", "the application", (a for one in read for a in one.applications))
    known = {one.name: one for one in read}
    given: dict[str, list[str]] = {}
    for number, entry in enumerate((one for one in secrets.split(",") if one.strip()), start=1):
        name, secret = _secret(entry, number, known.keys())
        if any(secret in others for others in given.values()):
            raise ConfigurationError(f"WEBHOOK_SECRETS, entry {number}: it was given before")
        given.setdefault(name, []).append(secret)
    for name, own in given.items():
        if len(own) > MOST_SECRETS:
            raise ConfigurationError(
                f"WEBHOOK_SECRETS holds {len(own)} secrets of '{name}': at most two, while one follows the other"
            )
    return tuple(replace(one, secrets=tuple(given.get(one.name, ()))) for one in read)


def _sender(entry: str, number: int) -> Sender:
    """Read `name = sources | types | applications`: spaces within each, and applications only if there are any."""
    name, equals, rest = (part.strip() for part in entry.partition("="))
    place = f"WEBHOOK_SENDERS, entry {number} ('{name[:40]}')"
    if not equals or _NAME.fullmatch(name) is None:
        raise ConfigurationError(
            f"{place}: `name = sources | types` is expected, the name of small letters, digits and dashes"
        )
    return sender(name, place, [tuple(part.split()) for part in rest.split("|")])


def sender(name: str, place: str, parts: Sequence[tuple[str, ...]]) -> Sender:
    """Read sources, types and perhaps applications; raises ConfigurationError that names the place."""
    if not (1 < len(parts) <= len(_PARTS) and parts[0] and parts[1]):
        raise ConfigurationError(f"{place}: it names sources, and behind a `|` types")
    for what, values, rule in zip(_PARTS, parts, (_PATTERN, _PATTERN, _APPLICATION), strict=False):
        wrong = [one for one in values if rule.fullmatch(one) is None]
        if wrong:
            raise ConfigurationError(f"{place}, {what}: '{wrong[0][:100]}' is none")
    applications = tuple(one.lower() for part in parts[2:] for one in part)
    gone = tuple(one.removeprefix("!") for one in parts[1] if one.startswith("!"))
    types = tuple(one for one in parts[1] if not one.startswith("!"))
    return Sender(name, parts[0], types, applications, gone=gone)


def _secret(entry: str, number: int, known: Iterable[str]) -> tuple[str, str]:
    """Read `name=secret`; the secret may hold `=`."""
    name, _, secret = (part.strip() for part in entry.partition("="))
    place = f"WEBHOOK_SECRETS, entry {number}"
    if "@Microsoft.KeyVault(" in entry:
        # The platform leaves a reference as it is when it may not read what it refers to: anybody may know it.
        raise ConfigurationError(f"{place}: it refers to a Key Vault that cannot be read")
    if not secret or name not in known:
        raise ConfigurationError(f"{place}: `name=secret` is expected, the name of a sender")
    if name == PLATFORM:
        raise ConfigurationError(f"{place}: '{PLATFORM}' shows no secret")
    return name, secret


def _matches(value: str, patterns: Iterable[str]) -> bool:
    return any(
        value.startswith(one[:-1]) if one.endswith("*") else value == one for one in patterns
    )


def _check_once(setting: str, what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ConfigurationError(f"{setting} names {what} '{name}' twice")
        seen.add(name)
