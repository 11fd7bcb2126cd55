"""The leases that the trigger of the publisher keeps on the container `events`, as the .NET SDK writes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.errors import store_error
from shared.adapters.cosmos.feed import position_of
from shared.kernel.delivery.feed_places import Stretch, inherited
from shared.kernel.ports import LeaseFault

OLD = 60.0
"""Seconds that the lock of a host which starts may be kept: it lives for 30."""

_UNDER = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix)"
MEND = "python -m infra.doctor.leases --delete {id}, then restart the app of the publisher"


@dataclass(frozen=True, slots=True)
class Found:
    """The ranges of the container, and what stands in `leases` about it."""

    ranges: Sequence[str]
    leases: Mapping[str, str | None]
    others: Mapping[str, float]

    def reached(self) -> dict[str, str | None]:
        """Give each piece of each range its place: the leases of a merge, or of a split, are other stretches."""
        places = {one: place for one, place in self.leases.items() if place is not None}
        return {
            piece: place for one in self.ranges for piece, place in inherited(one, places).items()
        }

    def faults(self, now: float) -> list[LeaseFault]:
        """Name what the trigger never mends by itself: it makes leases only while it finds no `.info`."""
        made = {one.rpartition(".")[2]: (one, since) for one, since in self.others.items()}
        found: list[LeaseFault] = []
        unread = [
            piece
            for one in self.ranges
            for piece, leased in inherited(one, dict.fromkeys(self.leases, True)).items()
            if not leased
        ]
        if "info" in made and not self.leases:
            wrong = f"{made['info'][0]} says that leases were made, and there is none: nothing is published"
            found.append(LeaseFault(wrong, MEND.format(id=made["info"][0])))
        elif "info" in made and unread:
            wrong = f"no lease covers {', '.join(unread)}: what is written there is never published"
            found.append(LeaseFault(wrong, MEND.format(id=made["info"][0])))
        if "lock" in made and "info" not in made and now - made["lock"][1] > OLD:
            wrong = (
                f"{made['lock'][0]} has been there for {now - made['lock'][1]:.0f} s: a host died while it"
                " made the leases, and every other one waits for it without a word"
            )
            found.append(LeaseFault(wrong, MEND.format(id=made["lock"][0])))
        return found


class CosmosLeases:
    """Reads those of one container: leases of other accounts may stand under the same prefix."""

    def __init__(
        self,
        leases: ContainerProxy,
        events: ContainerProxy,
        prefix: str,
        now: Callable[[], datetime],
    ) -> None:
        self._leases = leases
        self._events = events
        self._prefix = prefix
        self._now = now

    async def reached(self) -> dict[str, str | None]:
        return (await self._find()).reached()

    async def faults(self) -> list[LeaseFault]:
        return (await self._find()).faults(self._now().timestamp())

    async def _find(self) -> Found:
        try:
            rid: str = (await self._events.read())["_rid"]
            ranges = [one async for one in self._events.read_feed_ranges(force_refresh=True)]
            prefix: list[dict[str, Any]] = [{"name": "@prefix", "value": self._prefix}]
            under = [dict(one) async for one in self._leases.query_items(_UNDER, parameters=prefix)]
        except AzureError as error:
            raise store_error(error) from error
        items = [one for one in under if f"_{rid}." in one["id"]]
        return Found(
            ranges=[_stretch(one) for one in ranges],
            leases={
                _stretch(one["FeedRange"]): etag and position_of(rid, etag)
                for one in items
                if "FeedRange" in one
                for etag in [one["ContinuationToken"]]
            },
            others={one["id"]: float(one["_ts"]) for one in items if "FeedRange" not in one},
        )


def _stretch(feed_range: Mapping[str, Any]) -> str:
    return str(Stretch(feed_range["Range"]["min"], feed_range["Range"]["max"]))
