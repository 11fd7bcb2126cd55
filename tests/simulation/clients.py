"""Clients of a simulation: they ask any host, lose patience, and ask again with the same key."""

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field

from shared.domain.item.commands import (
    AdjustStock,
    ChangeReorderPoint,
    ReceiveStock,
    RegisterItem,
    ReleaseReservation,
    ReserveStock,
    ShipReservation,
)
from shared.domain.order.commands import CancelOrder, OrderLine, PlaceOrder, RecordDispatch
from shared.kernel.commit import Metadata, timestamp
from shared.kernel.errors import OnewriteError
from shared.kernel.message import Command
from shared.kernel.outcome import Outcome, Refused
from shared.kernel.request import CommandRequest
from shared.kernel.stream import StreamName
from tests.simulation.hosts import Host
from tests.simulation.processes import Process, now
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather

MAY_PASS = {"conflict", "outcome-unknown", "throttled", "unavailable"}
MOST_COPIES = 60
IMPATIENT, DOUBLED = 0.25, 0.05
THINKS = 0.1
"""Virtual seconds at most between two commands of a client."""
HOT = 0.5
"""So many go for one thing, whatever else there is."""


@dataclass
class Told:
    """What clients asked, and what they were told; the trace of the world holds it as well."""

    asked: dict[tuple[str, str], Command] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    copies: list[tuple[tuple[str, str], Outcome]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    sure: int = 0

    def ask(self, stream: StreamName, command: Command, key: str) -> None:
        """Count a command that is asked for, and those that follow: each line is reserved, its order hears so."""
        self.asked[str(stream), key] = command
        lines = command.lines if isinstance(command, PlaceOrder) else ()
        self.sure += 1 + 2 * len({line.sku for line in lines})

    def answers(self) -> list[tuple[tuple[str, str], Outcome]]:
        """Give all that was answered, to the copies that the network made too."""
        return [*self.outcomes.items(), *self.copies]


@dataclass
class Client:
    """One client; its reservations are its own. With `asks`, it only thinks of all that is not among them."""

    name: str
    hosts: Sequence[Host]
    streams: Sequence[StreamName]
    weather: Weather
    dice: random.Random
    told: Told
    asks: AbstractSet[str] | None = None
    held: list[tuple[StreamName, str]] = field(default_factory=list)
    orders: list[StreamName] = field(default_factory=list)

    async def work(self, enough: Callable[[], bool]) -> None:
        """Ask for one thing after the other, until there are enough (or all in `asks` was asked)."""
        left = {key for key in self.asks or () if key.startswith(f"{self.name}-")}
        for number in itertools.count():
            if enough() if self.asks is None else not left:
                return
            (stream, command), key = self._wish(number), f"{self.name}-{number}"
            if self.asks is None or key in left:
                await sleep(self.dice.uniform(0, THINKS))
                await self.ask(stream, command, key)
            left.discard(key)

    def _wish(self, number: int) -> tuple[StreamName, Command]:
        roll = self.dice.random()
        stream = self.streams[0] if self.dice.random() < HOT else self.dice.choice(self.streams)
        if self.held and roll < 0.2:
            stream, reservation = self.held.pop(self.dice.randrange(len(self.held)))
            end = ReleaseReservation if roll < 0.1 else ShipReservation
            return stream, end(reservation_id=reservation)
        if self.orders and roll < 0.35:
            return self._about_an_order(roll)
        if roll < 0.5:
            return self._order(number)
        if roll < 0.6:
            return stream, ReceiveStock(quantity=self.dice.randint(1, 4))
        if roll < 0.65:
            return stream, AdjustStock(quantity=self.dice.randint(-2, 2), reason="count")
        if roll < 0.67:
            return stream, ChangeReorderPoint(reorder_point=self.dice.randint(0, 3))
        reservation = f"{self.name}-{number}"
        self.held.append((stream, reservation))
        quantity = self.dice.randint(1, 4)
        return stream, ReserveStock(reservation_id=reservation, quantity=quantity)

    def _order(self, number: int) -> tuple[StreamName, Command]:
        order = StreamName("order", f"{self.name}-{number}")
        self.orders.append(order)
        skus = self.dice.choices(self.streams, k=self.dice.randint(1, 3))
        lines = tuple(OrderLine(sku=sku.id, quantity=self.dice.randint(1, 2)) for sku in skus)
        return order, PlaceOrder(customer_id=self.name, lines=lines)

    def _about_an_order(self, roll: float) -> tuple[StreamName, Command]:
        order = self.orders.pop(self.dice.randrange(len(self.orders)))
        if roll < 0.27:
            return order, CancelOrder()
        return order, RecordDispatch(customer_id=self.name)

    async def ask(self, stream: StreamName, command: Command, key: str) -> None:
        """Ask until told; a copy may overtake the first."""
        self.told.ask(stream, command, key)
        for _ in range(MOST_COPIES):
            outcome = await self._once(stream, command, key)
            if outcome is not None:
                self._note(stream, key, outcome)
                if self.dice.random() < 0.1:
                    await self._repeat(stream, command, key, outcome)
                return
            await sleep(self.dice.uniform(0.01, 0.2))
        self.told.wrong.append(f"{stream}: {key} was never told")

    async def _once(self, stream: StreamName, command: Command, key: str) -> Outcome | None:
        process = self.dice.choice(self.hosts).process
        if not process.calls.alive:
            return None
        metadata = Metadata(correlation_id=key, causation_id=key, time=timestamp(now()))
        request = CommandRequest(stream, command, key, metadata)
        weather = self.weather
        if weather.tells:
            weather.tell(self.name, f"asks {process.name}: {stream} {key} {command!r}")
        asking = process.spawn(process.dispatcher.dispatch(request))  # type: ignore[arg-type]
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
        if not isinstance(error, OnewriteError) or error.code not in MAY_PASS:
            self.told.wrong.append(f"{stream}: {key} met {error!r}")
        return None

    async def _copy(self, process: Process, request: CommandRequest) -> None:
        with suppress(OnewriteError):
            outcome = await process.dispatcher.dispatch(request)
            self.told.copies.append(((str(request.stream), request.command_id), outcome))

    def _note(self, stream: StreamName, key: str, outcome: Outcome) -> None:
        self.told.outcomes[str(stream), key] = outcome
        word = outcome.refusal.code if isinstance(outcome, Refused) else type(outcome).__name__
        about = f"was told: {stream} {key} {word} at {outcome.version}"
        self.weather.tell(self.name, about)

    async def _repeat(self, stream: StreamName, command: Command, key: str, first: Outcome) -> None:
        again = await self._once(stream, command, key)
        stored = getattr(first, "commit", None)
        if again is not None and stored is not None and getattr(again, "commit", None) != stored:
            self.told.wrong.append(f"{stream}: {key} was told {first!r}, then {again!r}")


async def open_warehouse(client: Client) -> None:
    """Register every item."""
    for stream in client.streams:
        command = RegisterItem(name=stream.id, reorder_point=1)
        await client.ask(stream, command, f"register-{stream.id}")
