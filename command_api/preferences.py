"""What the client prefers (RFC 7240); what is not understood is ignored, as the RFC asks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.http import parse_dict_header

DEFAULT_WAIT = 5
LONGEST_WAIT = 30
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`return=minimal`, `until=projected` with `wait=<seconds>`, `respond-async`, `request-charge`."""

    minimal: bool | None = None
    projected: bool | None = None
    wait: int | None = None
    asynchronous: bool = False
    charge: bool = False

    @classmethod
    def of(cls, preferred: str | None) -> "Preferences":
        """Read the header Prefer, if there is one."""
        if not preferred:
            return _NONE
        given = parse_dict_header(preferred.replace(";", ","))
        wait = given.get("wait") or ""
        return cls(
            minimal=_one_of(given.get("return"), representation=False, minimal=True),
            projected=_one_of(given.get("until"), stored=False, projected=True),
            wait=min(int(wait), LONGEST_WAIT) if _SECONDS.fullmatch(wait) else None,
            asynchronous="respond-async" in given,
            charge="request-charge" in given,
        )

    @property
    def seconds(self) -> int:
        """How long to wait for what takes time."""
        return DEFAULT_WAIT if self.wait is None else self.wait

    def headers(self, charge: float | None = None) -> dict[str, str]:
        """Say which preferences were applied, and what the answer cost if that was asked for."""
        if self is _NONE:
            return {}
        headers = {"Preference-Applied": ", ".join(self._applied())}
        if self.charge and charge is not None:
            headers["Request-Charge"] = f"{charge:.2f}"
        return headers if headers["Preference-Applied"] else {}

    def _applied(self) -> Iterator[str]:
        if self.asynchronous:
            # What waits in the mailbox is answered before anything else could be applied.
            yield "respond-async"
            return
        if self.minimal is not None:
            yield "return=minimal" if self.minimal else "return=representation"
        if self.projected is not None:
            yield "until=projected" if self.projected else "until=stored"
        if self.wait is not None:
            yield f"wait={self.wait}"
        if self.charge:
            yield "request-charge"


_NONE = Preferences()


def _one_of(given: str | None, **known: bool) -> bool | None:
    return known.get(given or "")
