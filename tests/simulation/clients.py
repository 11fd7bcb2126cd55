"""Clients of a simulation: they ask any host, give up, and ask again with the same key."""

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field

from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.domain.shop.order.commands import CancelOrder, PlaceOrder
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.outcome import Accepted, Outcome, Refused
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import OnewriteError, StoreRefused
from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.derived_id import derived_id
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from tests.simulation.hosts import Host
from tests.simulation.leaving import became, leave
from tests.simulation.processes import Process
from tests.simulation.told import Told
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather
from tests.simulation.wishes import UNSTORABLE, Wishing

MAY_PASS = {"conflict", "outcome-unknown", "throttled", "unavailable", "newer-code"}
REUSED = {"command-id-reused"}
NEVER = "store-refused"
MOST_COPIES, MOST_LOOKS = 60, 400
IMPATIENT, DOUBLED = 0.25, 0.05
EXPECTS, LEAVES, REPEATS, REUSES, FORGES = 0.08, 0.06, 0.1, 0.03, 0.2


@dataclass
class Client:
    """One client, with `wishes` of its own. With `asks`, it only thinks of all that is not among them.

    It `thinks` so long at most between two of them.
    """

    name: str
    hosts: Sequence[Host]
    wishes: Wishing
    weather: Weather
    dice: random.Random
    told: Told
    thinks: float
    asks: AbstractSet[str] | None = None
    versions: dict[StreamName, int] = field(default_factory=dict)
    waits: list[asyncio.Task[None]] = field(default_factory=list)

    async def work(self, enough: Callable[[], bool]) -> None:
        """Ask for one thing after the other, until there are enough (or all in `asks` was asked)."""
        left = {key for key in self.asks or () if key.startswith(f"{self.name}-")}
        for number in itertools.count():
            if enough() if self.asks is None else not left:
                break
            (stream, command), key = self.wishes.wish(number), f"{self.name}-{number}"
            if self.asks is None or key in left:
                await sleep(self.dice.uniform(0, self.thinks))
                await self.ask(stream, command, key)
            left.discard(key)
        await asyncio.gather(*self.waits)

    async def ask(self, stream: StreamName, command: Command, key: str) -> None:
        """Ask until told, or leave the command where it waits; a copy may overtake the first."""
        if isinstance(command, CancelOrder) and self.dice.random() < FORGES:
            await self._forge(stream)
        asker = self.wishes.asker(command)
        self.told.ask(stream, command, key, self._expected(stream), asker)
        if self.wishes.may_wait(command) and self.dice.random() < LEAVES:
            await self._leave(stream, command, key)
            self.waits.append(asyncio.create_task(self._look(stream, command, key)))
        else:
            await self._hear(stream, command, key, await self._until_told(stream, command, key))

    async def _forge(self, order: StreamName) -> None:
        """Take the ids that the releases of an order will have, as far as a client can send them."""
        asked = [one for (stream, _), one in self.told.asked.items() if stream == str(order)]
        skus = sorted(
            {line.sku for one in asked if isinstance(one, PlaceOrder) for line in one.lines}
        )
        for sku, version in itertools.product(skus, range(2, len(skus) + 4)):
            item, command, cancelled = (
                StreamName("item", sku),
                ReceiveStock(quantity=1),
                f"{order}@{version}",
            )
            key = derived_id(cancelled, "release-cancelled", item, sku).rpartition(" ")[2]
            self.told.ask(item, command, key, None)
            await self._hear(item, command, key, await self._until_told(item, command, key))

    async def _hear(
        self, stream: StreamName, command: Command, key: str, outcome: Outcome | None
    ) -> None:
        """Take an answer for what it is, and now and then make sure of it."""
        if (str(stream), key) in self.told.never:
            return
        if outcome is None:
            self.told.wrong.append(f"{stream}: {key} was never told")
            return
        self._note(stream, key, outcome)
        if self.dice.random() < REPEATS:
            await self._repeat(stream, command, key, outcome)
        if isinstance(outcome, Accepted) and self.dice.random() < REUSES:
            await self._reuse(stream, key)

    def _expected(self, stream: StreamName) -> int | None:
        """Now and then insist on the version that one has seen."""
        known = self.versions.get(stream) if self.wishes.insists(stream) else None
        return known if known is not None and self.dice.random() < EXPECTS else None

    async def _until_told(self, stream: StreamName, command: Command, key: str) -> Outcome | None:
        for _ in range(MOST_COPIES):
            outcome = await self._once(stream, command, key)
            if outcome is not None or (str(stream), key) in self.told.never:
                return outcome
            await sleep(self.dice.uniform(0.01, 0.2))
        return None

    async def _leave(self, stream: StreamName, command: Command, key: str) -> None:
        """Leave a command with any host until it is taken."""
        for _ in range(MOST_COPIES):
            process = self.dice.choice(self.hosts).process
            self._tell_asks("leaves with", process, stream, command, key)
            if await leave(process, self._request(stream, command, key)):
                return
            await sleep(self.dice.uniform(0.01, 0.2))

    async def _look(self, stream: StreamName, command: Command, key: str) -> None:
        """Look what becomes of a command that waits, beside all that the client goes on to do."""
        outcome: Outcome | None = None
        for _ in range(MOST_LOOKS):
            await sleep(self.dice.uniform(0.2, 0.8))
            outcome = await became(self.hosts[0].cloud, stream, key)
            if outcome is not None:
                break
        if isinstance(outcome, Refused) and outcome.refusal.code == NEVER:
            self._is_never(stream, command, key)
        await self._hear(stream, command, key, outcome)

    def _request(self, stream: StreamName, command: Command, key: str) -> CommandRequest:
        actor = self.told.actors[str(stream), key]
        metadata = Metadata(correlation_id=key, causation_id=key, actor=actor)
        expected = self.told.expected.get((str(stream), key))
        insisting = None if expected is None else Expected.at(expected)
        return CommandRequest(stream, command, key, metadata, insisting)

    def _tell_asks(
        self, how: str, process: Process, stream: StreamName, command: Command, key: str
    ) -> None:
        if self.weather.tells:
            self.weather.tell(self.name, f"{how} {process.name}: {stream} {key} {command!r}")

    async def _once(self, stream: StreamName, command: Command, key: str) -> Outcome | None:
        process = self.dice.choice(self.hosts).process
        if not process.calls.alive:
            return None
        request, weather = self._request(stream, command, key), self.weather
        self._tell_asks("asks", process, stream, command, key)
        asking = process.spawn(process.roles.dispatcher.dispatch(request))  # type: ignore[arg-type]
        if weather.strikes(self.name, "network doubles", DOUBLED, f"{stream} {key}"):
            # Its client hears one of the answers, and both must be true.
            process.spawn(self._copy(process, request))
        impatient = weather.strikes(self.name, "impatience", IMPATIENT, f"{stream} {key}")
        await asyncio.wait({asking}, timeout=0.03 if impatient else self.dice.choice([1.0, 5.0]))
        if not asking.done():
            weather.tell(self.name, f"goes away: {stream} {key}")
            asking.cancel()
            return None
        if asking.cancelled():
            return None
        error = asking.exception()
        if error is None:
            outcome: Outcome = asking.result()
            return outcome
        if isinstance(error, StoreRefused) and self._is_never(stream, command, key):
            return None
        allowed = MAY_PASS if self.told.asked[str(stream), key] == command else MAY_PASS | REUSED
        if not isinstance(error, OnewriteError) or error.code not in allowed:
            self.told.wrong.append(f"{stream}: {key} met {error!r}")
        return None

    def _is_never(self, stream: StreamName, command: Command, key: str) -> bool:
        """Note what the store will never take, if it is that."""
        if getattr(command, "reason", "") != UNSTORABLE:
            return False
        self.told.never.add((str(stream), key))
        return True

    async def _copy(self, process: Process, request: CommandRequest) -> None:
        with suppress(OnewriteError):
            outcome = await process.roles.dispatcher.dispatch(request)
            self.told.copies.append(((str(request.stream), request.command_id), outcome))

    def _note(self, stream: StreamName, key: str, outcome: Outcome) -> None:
        self.told.outcomes[str(stream), key] = outcome
        self.versions[stream] = outcome.version
        word = outcome.refusal.code if isinstance(outcome, Refused) else type(outcome).__name__
        about = f"was told: {stream} {key} {word} at {outcome.version}"
        self.weather.tell(self.name, about)

    async def _repeat(self, stream: StreamName, command: Command, key: str, first: Outcome) -> None:
        again = await self._once(stream, command, key)
        stored = getattr(first, "commit", None)
        if again is not None and stored is not None and getattr(again, "commit", None) != stored:
            self.told.wrong.append(f"{stream}: {key} was told {first!r}, then {again!r}")

    async def _reuse(self, stream: StreamName, key: str) -> None:
        """Ask for something else under an id that is taken: nothing may be done, and nothing told of it."""
        other = self.wishes.other(stream)
        if self.told.asked[str(stream), key] == other:
            return
        outcome = await self._once(stream, other, key)
        if outcome is not None:
            answer = type(outcome).__name__
            self.told.wrong.append(f"{stream}: {key} is taken, and another command met {answer}")


async def open_warehouse(client: Client, streams: Sequence[StreamName]) -> None:
    """Register every item."""
    for stream in streams:
        command = RegisterItem(name=stream.id, reorder_point=1)
        await client.ask(stream, command, f"register-{stream.id}")
