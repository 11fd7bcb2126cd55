"""What the client prefers (RFC 7240); what is not understood is ignored, as the RFC asks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DEFAULT_WAIT = 5
LONGEST_WAIT = 30
_SECONDS = re.compile(r"[0-9]{1,9}")
# Section 2: a name, perhaps a value, perhaps parameters, of which none means anything here.
_WORD = r'(?:[!#$%&\'*+.^_`|~0-9A-Za-z-]+|"(?:[^"\\]|\\.)*")'
# Spaces are taken once and for all (`*+`): shared out among the parts, they double the work with each parameter.
_PREFERENCE = re.compile(
    rf"\s*+([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*+(?:=\s*+({_WORD})?\s*+)?"
    rf"(?:;\s*+(?:{_WORD}\s*+(?:=\s*+(?:{_WORD})?\s*+)?)?)*+(?:,|$)"
)
_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)*,?')
_PAIR = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`return`, `until` with `wait=<seconds>`, `respond-async`, `request-charge`; of a list, `count=exact`."""

    minimal: bool | None = None
    projected: bool | None = None
    wait: int | None = None
    asynchronous: bool = False
    charge: bool = False
    counted: bool = False

    @classmethod
    def of(cls, preferred: str | None) -> "Preferences":
        """Read the header Prefer, if there is one."""
        if not preferred:
            return NO_PREFERENCES
        given: dict[str, str] = {}
        for name, value in _read(preferred):
            # Section 2: the first of several counts.
            given.setdefault(name, value)
        wait = given.get("wait", "")
        return cls(
            minimal=_one_of(given.get("return"), representation=False, minimal=True),
            projected=_one_of(given.get("until"), stored=False, projected=True),
            wait=min(int(wait), LONGEST_WAIT) if _SECONDS.fullmatch(wait) else None,
            asynchronous=given.get("respond-async") == "",
            charge=given.get("request-charge") == "",
            counted=given.get("count") == "exact",
        )

    @property
    def seconds(self) -> int:
        """How long to wait for what takes time."""
        return DEFAULT_WAIT if self.wait is None else self.wait

    def accepted(self) -> dict[str, str]:
        """Say that nothing else was applied to a command that waits in the mailbox."""
        return _applied(["respond-async"])

    def waited(self) -> dict[str, str]:
        """Say how long a query would have waited."""
        return _applied([] if self.wait is None else [f"wait={self.wait}"])

    def totalled(self) -> dict[str, str]:
        """Say that a list was counted."""
        return _applied(["count=exact"] if self.counted else [])

    def refused(self, charge: float | None = None) -> dict[str, str]:
        """Say what was applied where the client is told of a problem: what that cost, at most."""
        return self._charged([], charge)

    def late(self, charge: float | None = None) -> dict[str, str]:
        """Say what was applied when the views did not show a commit in time."""
        return self._charged(list(self._waiting()), charge)

    def done(self, charge: float | None = None) -> dict[str, str]:
        """Say what was applied to an answer that came as it was asked for."""
        if self is NO_PREFERENCES:
            return {}
        applied = list(self._waiting())
        if self.minimal is not None:
            applied.insert(0, "return=minimal" if self.minimal else "return=representation")
        return self._charged(applied, charge)

    def _waiting(self) -> Iterator[str]:
        if self.projected is not None:
            yield "until=projected" if self.projected else "until=stored"
        if self.projected and self.wait is not None:
            yield f"wait={self.wait}"

    def _charged(self, applied: list[str], charge: float | None) -> dict[str, str]:
        if not self.charge or charge is None:
            return _applied(applied)
        return {**_applied([*applied, "request-charge"]), "Request-Charge": f"{charge:.2f}"}


NO_PREFERENCES = Preferences()
"""Of a request that does not say what it prefers."""


def _applied(preferences: list[str]) -> dict[str, str]:
    """Write the header of section 3, if there is something to say."""
    return {"Preference-Applied": ", ".join(preferences)} if preferences else {}


def _read(preferred: str) -> Iterator[tuple[str, str]]:
    """Give the preferences that are well-formed, by their names in lower case."""
    for item in _ITEM.findall(preferred):
        found = _PREFERENCE.fullmatch(item)
        if found is not None:
            value = found[2] or ""
            plain = _PAIR.sub(r"\1", value[1:-1]) if value.startswith('"') else value
            yield found[1].lower(), plain


def _one_of(given: str | None, **known: bool) -> bool | None:
    return known.get(given or "")
