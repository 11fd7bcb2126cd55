"""The requests of a command, counted on the wire, beside the SDK's own metadata."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.cosmos.event_store import CosmosEventStore, open_event_store
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.outcome import Accepted, Outcome
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.message import Command
from shared.kernel.ports import Appended, Collided
from tests.adapters.emulators import fresh_container
from tests.kernel.asking import at_noon, no_pause, whole
from tests.kernel.worlds import TEAPOT, commit, received, request

REGISTER = RegisterItem(name="Teapot", reorder_point=2)

# Ceilings in request units: a change that makes a command dearer must raise them here, and say why.
WARM = 4.95
READ = 2.5
PER_COMMIT = 0.05
COLD = READ + WARM


class Raced(CosmosEventStore):
    """A store in which another writer is faster once."""

    rival: Commit | None = None

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        if self.rival is not None:
            rival, self.rival = self.rival, None
            await super().append([rival])
        return await super().append(commits)


class Wire:
    """What was asked of one container since the last look."""

    def __init__(self, faults: FaultsClient, container: str) -> None:
        self._faults = faults
        self._container = container
        self._seen: Counter[str] = Counter()

    async def since(self) -> dict[str, int]:
        counted = Counter(
            {
                name.partition(" ")[0]: count
                for name, count in (await self._faults.requests()).items()
                if name.endswith(f" {self._container}") and not name.startswith("metadata")
            }
        )
        new, self._seen = counted - self._seen, counted
        return dict(new)


@dataclass
class Counted:
    """A service on a container of its own, and what it asks of it."""

    service: ApplicationService
    store: Raced
    wire: Wire

    async def ask(self, command: Command, command_id: str) -> tuple[Outcome, dict[str, int]]:
        """Handle a command, and count its requests."""
        await self.wire.since()
        return await self.service.handle(request(command, command_id)), await self.wire.since()


@pytest.fixture
async def counted(services: Services, faults: FaultsClient) -> AsyncIterator[Counted]:
    async with fresh_container(services, like="events") as container:
        store = Raced(container)
        service = ApplicationService(item, store, at_noon, no_pause)
        yield Counted(service, store, Wire(faults, container.id))


async def test_a_cold_command_is_two_requests_and_a_warm_one_is_one(counted: Counted) -> None:
    cold, requests = await counted.ask(REGISTER, "register")
    assert requests == {"query": 1, "create": 1}
    assert cold.charge <= COLD

    for number in range(20):
        warm, requests = await counted.ask(ReceiveStock(quantity=1), f"receive-{number}")
        assert requests == {"create": 1}
        assert warm.charge <= WARM


async def test_a_cold_command_on_a_long_stream_is_two_requests_too(counted: Counted) -> None:
    await counted.ask(REGISTER, "register")
    for number in range(120):
        await counted.service.handle(request(ReceiveStock(quantity=1), f"receive-{number}"))
    counted.service = ApplicationService(item, counted.store, at_noon, no_pause)

    outcome, requests = await counted.ask(ReceiveStock(quantity=1), "cold")

    assert requests == {"query": 1, "create": 1}
    assert outcome.charge <= COLD + 50 * PER_COMMIT


async def test_a_negative_answer_is_one_more_read(counted: Counted) -> None:
    await counted.ask(REGISTER, "register")

    refused, requests = await counted.ask(ReserveStock(reservation_id="r", quantity=1), "too-many")

    assert requests == {"query": 1}
    assert refused.charge <= READ


async def test_a_conflict_is_two_more(counted: Counted) -> None:
    await counted.ask(REGISTER, "register")
    counted.store.rival = commit(2, received(7))

    outcome, requests = await counted.ask(ReceiveStock(quantity=1), "second")

    own = Counter(requests) - Counter({"create": 1})  # the rival's
    assert own == {"query": 1, "create": 2}
    assert outcome.charge <= 2 * WARM + READ


async def test_a_repeat_is_one_collision_and_one_read(counted: Counted) -> None:
    await counted.ask(REGISTER, "register")
    await counted.ask(ReceiveStock(quantity=1), "receive")

    outcome, requests = await counted.ask(ReceiveStock(quantity=1), "receive")

    assert requests == {"query": 1, "create": 1}
    assert outcome.charge <= WARM + READ


async def test_commands_that_wait_together_are_written_together(counted: Counted) -> None:
    await counted.ask(REGISTER, "register")
    await counted.wire.since()

    outcomes = await asyncio.gather(
        *(
            counted.service.handle(request(ReceiveStock(quantity=1), f"receive-{number}"))
            for number in range(101)
        )
    )

    # The first does not wait for the others; while it is written, they gather.
    assert await counted.wire.since() == {"create": 1, "batch": 1}
    assert max(outcome.charge for outcome in outcomes) <= WARM


async def test_a_store_without_unique_keys_costs_one_more_read(
    services: Services, faults: FaultsClient
) -> None:
    async with fresh_container(services, like="events", unique_keys=[]) as container:
        store = await open_event_store(container)
        service = ApplicationService(item, store, at_noon, no_pause)
        counted = Counted(service, Raced(container), Wire(faults, container.id))
        await counted.ask(REGISTER, "register")

        _, requests = await counted.ask(ReceiveStock(quantity=1), "receive")
        repeated, requests_again = await counted.ask(ReceiveStock(quantity=1), "receive")
        everything = await whole(store, TEAPOT)

    assert not store.unique_command_ids
    assert requests == {"query": 1, "create": 1}
    assert requests_again == {"query": 1}
    assert isinstance(repeated, Accepted)
    assert repeated.repeated
    assert len(everything) == 2


async def test_that_a_store_keeps_unique_keys_is_found_out_without_a_trace(
    services: Services,
) -> None:
    async with fresh_container(services, like="events") as container:
        store = await open_event_store(container)
        left = [item async for item in container.query_items("SELECT c.id FROM c")]

    assert store.unique_command_ids
    assert left == []
