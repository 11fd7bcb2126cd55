"""A state that has outgrown its commit: the cost of a command stays bounded."""

import time

import pytest

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, ReserveStock
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.loading import fold, load
from shared.kernel.commands.outcome import Accepted
from tests.adapters.emulators import fresh_container
from tests.adapters.test_long_streams import REGISTER, write
from tests.adapters.test_request_units import Wire
from tests.figures import note
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.worlds import TEAPOT, request

RESERVATIONS = 10_000


async def test_a_cold_command_on_a_state_that_has_outgrown_its_commit_is_three_requests(
    services: Services, faults: FaultsClient, pytestconfig: pytest.Config
) -> None:
    async with (
        fresh_container(services, like="events") as container,
        fresh_container(services, like="snapshots") as snapshots,
    ):
        store = CosmosEventStore(container, snapshots=snapshots)
        commits, states = Wire(faults, container.id), Wire(faults, snapshots.id)
        reserve = [
            ReserveStock(reservation_id=f"reservation-{number:080d}", quantity=1)
            for number in range(RESERVATIONS)
        ]
        receive = [ReceiveStock(quantity=RESERVATIONS), ReceiveStock(quantity=RESERVATIONS)]
        await write(store, TEAPOT, [REGISTER, *receive, *reserve])
        kept = await store.kept(TEAPOT)
        cold = ApplicationService(item, store, at_noon, no_pause)
        await commits.since(), await states.since()

        begun = time.process_time()
        outcome = await cold.handle(request(ReceiveStock(quantity=1), "cold"))
        spent = time.process_time() - begun
        asked = await commits.since(), await states.since()
        note(
            pytestconfig,
            f"a cold command on {RESERVATIONS:,} reservations: {spent * 1e3:.0f} ms of CPU",
        )
        warm = await cold.handle(request(ReceiveStock(quantity=1), "warm"))

        assert isinstance(outcome, Accepted)
        assert isinstance(warm, Accepted)
        assert asked == ({"query": 1, "create": 1}, {"read": 1})
        assert await commits.since() == {"create": 1}
        assert kept is not None
        assert outcome.commit.first - kept.version <= item.snapshots.every
        start, rest, _ = await load(item, store, TEAPOT)
        assert len(fold(item, start, rest).state.reserved) == RESERVATIONS
        assert len(rest) <= item.snapshots.every
