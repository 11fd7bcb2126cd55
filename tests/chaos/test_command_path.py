"""The command path under every fault of Cosmos DB at once: what clients were told is what the store holds."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from azure.cosmos.aio import ContainerProxy

from emulators.tests.machine import limit
from emulators.tests.serving import FaultsClient, Services
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.adapters.wiring import pause
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.outcome import Accepted, Outcome, Refused
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import Conflict, OutcomeUnknown, StoreThrottled, StoreUnavailable
from shared.kernel.messages.commit import Commit, Metadata, check_contiguous
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from tests.adapters.emulators import fresh_container
from tests.figures import note
from tests.kernel.asking import at_noon, whole

SEED = 20261123
FAULTS = (
    *("throttle", "503", "410", "449", "408"),
    *("drop-before", "drop-after", "reset-before", "reset-after"),
    *("delay", "delay-before", "duplicate"),
)
ITEMS = [StreamName("item", f"SKU{number}") for number in range(4)]
ASK_AGAIN = (Conflict, OutcomeUnknown, StoreThrottled, StoreUnavailable)


@dataclass
class Client:
    """One client of one of two hosts; it asks again with its key until it is told."""

    service: ApplicationService
    dice: random.Random
    told: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    falsehoods: list[str] = field(default_factory=list)

    async def work(self, name: str, commands: int) -> None:
        for number in range(commands):
            stream, key = self.dice.choice(ITEMS), f"{name}-{number}"
            command = (
                ReserveStock(reservation_id=key, quantity=self.dice.randint(1, 3))
                if self.dice.random() < 0.8
                else ReceiveStock(quantity=self.dice.randint(1, 3))
            )
            self.told[str(stream), key] = await self.ask(stream, command, key)

    async def ask(self, stream: StreamName, command: Command, key: str) -> Outcome:
        conflict = 0
        for copy in range(40):
            # Every copy has a correlation of its own: an outcome says whose write it tells of.
            metadata = Metadata(correlation_id=f"{key}/{copy}", causation_id=key)
            try:
                outcome = await self.service.handle(CommandRequest(stream, command, key, metadata))
            except ASK_AGAIN as error:
                self.errors[type(error).__name__] += 1
                if isinstance(error, Conflict):
                    conflict = error.version
                continue
            # A write that was delayed may land after a conflict was told, but then behind what it saw.
            if isinstance(outcome, Accepted) and outcome.version <= conflict:
                self.falsehoods.append(f"{key} was told 'conflict' for its own write")
            return outcome
        raise AssertionError(f"{key} was never told: {self.errors}")


def rules(container: ContainerProxy) -> list[dict[str, object]]:
    """Let every fault hit one request in thirty or so, whatever it asks for, and one for certain."""
    late = limit(0.8)
    slow = {"delay": late, "delay-before": late, "throttle": 0.05}
    return [
        {
            "service": "cosmos",
            "container": container.id,
            "fault": fault,
            "probability": 0.03,
            "at": [10 + 7 * number],
            "seconds": slow.get(fault, 0.0),
        }
        for number, fault in enumerate(FAULTS)
    ]


async def test_what_clients_were_told_is_what_the_store_holds(
    services: Services, faults: FaultsClient, pytestconfig: pytest.Config
) -> None:
    async with (
        fresh_container(services, like="events", COSMOS_READ_TIMEOUT=str(limit(0.4))) as container,
    ):
        # Few attempts, so that clients are told of conflicts and unknown outcomes, and ask again.
        hosts = [
            ApplicationService(
                item, CosmosEventStore(container, attempts), at_noon, pause, attempts=1
            )
            for attempts in (1, 3)
        ]
        for stream in ITEMS:
            await Client(hosts[0], random.Random(0)).ask(
                stream, RegisterItem(name="Thing", reorder_point=1), "register"
            )
        clients = [Client(hosts[n % 2], random.Random(f"{SEED}/{n}")) for n in range(10)]
        await faults.set(SEED, *rules(container))

        await asyncio.gather(*(c.work(f"client-{n}", 25) for n, c in enumerate(clients)))

        fired = await faults.fired()
        await faults.set(SEED)
        stored = {str(stream): await whole(CosmosEventStore(container), stream) for stream in ITEMS}
    assert {fault for fault in FAULTS if not fired.get(f"cosmos/{fault}")} == set()
    told = sum((client.errors for client in clients), Counter[str]())
    note(
        pytestconfig,
        f"command path: {len(clients) * 25} commands under {sum(fired.values())} faults of"
        f" {len(fired)} kinds; clients asked again after {dict(told)}; none was told a falsehood",
    )
    assert {"Conflict", "OutcomeUnknown"} <= told.keys()
    assert [falsehood for client in clients for falsehood in client.falsehoods] == []
    for commits in stored.values():
        check_stream(commits)
    for client in clients:
        for (stream_name, key), outcome in client.told.items():
            check_told(key, outcome, stored[stream_name])


def check_stream(commits: Sequence[Commit]) -> None:
    """No gap, no overselling, no command twice."""
    check_contiguous(0, commits)
    assert max(Counter(commit.command_id for commit in commits).values()) == 1
    available = 0
    for event in (event for commit in commits for event in commit.events):
        quantity = event.data.get("quantity", 0)
        available += -quantity if event.type == "StockReserved" else quantity
        assert available >= 0


def check_told(key: str, outcome: Outcome, commits: Sequence[Commit]) -> None:
    """Who was told OK has a commit, the one that was shown; who was refused has none."""
    own = [commit for commit in commits if commit.command_id == key]
    if isinstance(outcome, Accepted):
        assert own == [outcome.commit]
    else:
        assert isinstance(outcome, Refused)
        assert own == []
