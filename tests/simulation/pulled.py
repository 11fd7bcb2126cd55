"""What a pulled world has: a feed that is written, read and followed while all of it is deployed anew."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from shared.adapters.memory import MemoryEventStore
from tests.simulation.cloud import STORE_LIMITS, Cloud
from tests.simulation.follower_business import domain
from tests.simulation.following import Following
from tests.simulation.hosts import Host
from tests.simulation.pulling import declare, open_feeds
from tests.simulation.reading import Reader, walked
from tests.simulation.serving import FORMS, serving
from tests.simulation.virtual_time import sleep
from tests.simulation.watch import Watch

SEVERAL = 6
"""One world in so many has a feed of two chains; of archives only one can be followed."""
SINCE = (0.0, 2.0, 4.0)
"""When somebody begins to follow the feed, in virtual seconds."""
ANEW = (2, 7)
"""So many pages a feed has when it is made anew."""


@dataclass
class Pulled:
    """The feed of a world, and who follows it."""

    cloud: Cloud
    following: Following
    dice: random.Random

    def begin(self, hosts: Sequence[Host]) -> list[asyncio.Task[None]]:
        """Let somebody read, and the feed be made anew, where who follows it can be told so."""
        reader = Reader(self.following, hosts, self.dice)
        self.reading = asyncio.create_task(reader.work())
        if self.following.form == "lines":
            return []
        return [asyncio.create_task(self._make_anew(hosts))]

    async def _make_anew(self, hosts: Sequence[Host]) -> None:
        """Deploy code whose feed is of another generation, host after host, once there are some pages."""
        enough = self.dice.randint(*ANEW)
        while len(self.cloud.pages.pages) < enough:
            await sleep(0.1)
        declare(self.cloud, generation=2)
        hosts[0].weather.befalls("somebody", "declares the feed anew")
        for host in hosts:
            await sleep(self.dice.uniform(0, 1.6))
            host.roll_out()

    async def end(self) -> list[str]:
        """Read no more, and walk the pages."""
        self.reading.cancel()
        server = serving(self.cloud.domain, self.cloud.pages, "batches", strict=False)
        return await walked(server, self.following)


def pulled(cloud: Cloud, seed: int) -> Pulled:
    """Open the feed of a world, and let another service follow it."""
    form = tuple(FORMS)[seed % len(FORMS)]
    open_feeds(cloud, chains=2 if seed % SEVERAL == 0 else 1)
    store = MemoryEventStore(
        unique_command_ids=cloud.store.unique_command_ids,
        limits=STORE_LIMITS,
        clock=cloud.store.clock,
    )
    own = Cloud(store, watch=Watch(adds={}), domain=domain)
    dice = random.Random(f"{seed}/feed")
    cloud.following = Following(cloud, own, form, strict=seed % 4 < 2, since=dice.choice(SINCE))
    return Pulled(cloud, cloud.following, dice)
