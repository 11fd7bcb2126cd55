"""The requests of a command, counted on the wire, beside the SDK's own metadata."""

from collections import Counter
from collections.abc import Sequence

from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.domain.item import item
from shared.domain.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.kernel.application_service import ApplicationService
from shared.kernel.commit import Commit
from shared.kernel.ports import Appended, Collided
from tests.adapters.stand_ins import fresh_container
from tests.conftest import FaultsClient, Services
from tests.kernel.worlds import commit, no_pause, received, request

REGISTER = request(RegisterItem(name="Teapot", reorder_point=2), "register")


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


async def test_a_cold_command_is_two_requests(services: Services, faults: FaultsClient) -> None:
    async with fresh_container(services, like="events") as container:
        wire = Wire(faults, container.id)
        service = ApplicationService(item, CosmosEventStore(container), no_pause)

        await service.handle(REGISTER)
        assert await wire.since() == {"query": 1, "create": 1}

        for number in range(20):
            await service.handle(request(ReceiveStock(quantity=1), f"receive-{number}"))
        assert await wire.since() == {"query": 20, "create": 20}


async def test_a_negative_answer_is_one_more_read(services: Services, faults: FaultsClient) -> None:
    async with fresh_container(services, like="events") as container:
        wire = Wire(faults, container.id)
        service = ApplicationService(item, CosmosEventStore(container), no_pause)
        await service.handle(REGISTER)
        await wire.since()

        await service.handle(request(ReserveStock(reservation_id="r", quantity=1), "too-many"))

        assert await wire.since() == {"query": 2}


async def test_a_conflict_is_two_more(services: Services, faults: FaultsClient) -> None:
    async with fresh_container(services, like="events") as container:
        wire = Wire(faults, container.id)
        store = Raced(container)
        service = ApplicationService(item, store, no_pause)
        await service.handle(REGISTER)
        await wire.since()
        store.rival = commit(2, received(7))

        await service.handle(request(ReceiveStock(quantity=1), "second"))

        assert await wire.since() == {"query": 2, "create": 2 + 1}


async def test_a_repeat_is_one_collision_and_one_read(
    services: Services, faults: FaultsClient
) -> None:
    async with fresh_container(services, like="events") as container:
        wire = Wire(faults, container.id)
        service = ApplicationService(item, CosmosEventStore(container), no_pause)
        await service.handle(REGISTER)
        repeated = request(ReceiveStock(quantity=1), "receive")
        await service.handle(repeated)
        await wire.since()

        await service.handle(repeated)

        assert await wire.since() == {"query": 2, "create": 1}
