"""Markers in Cosmos DB: small items that nobody pays for who does not ask for them."""

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.cosmos.parking import CosmosParking
from tests.adapters.emulators import fresh_container
from tests.contracts.test_parking import MARKER

# As markers were written when each held its envelope itself.
EMBEDDED = {
    "id": MARKER.stream,
    "kind": "marker",
    "consumer": MARKER.consumer,
    "stream": MARKER.stream,
    "version": MARKER.version,
    "lastSeen": MARKER.last_seen,
    "error": MARKER.error,
    "time": MARKER.time,
    "envelope": MARKER.envelope,
    "traceparent": MARKER.traceparent,
}


async def test_a_marker_that_holds_its_envelope_itself_is_found_moved_and_released(
    services: Services,
) -> None:
    async with fresh_container(services, like="parked") as container:
        parking = CosmosParking(container)
        await container.create_item(EMBEDDED)

        assert await parking.seen("projections", MARKER.stream, 8)
        found = await parking.find("projections", MARKER.stream)
        assert found is not None
        assert (found.marker.envelope, found.marker.last_seen) == (MARKER.envelope, 8)
        assert [one.envelope for one in await parking.parked("projections")] == [None]
        assert await parking.unpark(found)
        assert await parking.find("projections", MARKER.stream) is None


async def test_a_marker_and_its_envelope_are_written_and_deleted_in_one_request(
    services: Services, faults: FaultsClient
) -> None:
    async with fresh_container(services, like="parked") as container:
        parking = CosmosParking(container)
        await parking.park(MARKER)
        found = await parking.find("projections", MARKER.stream)
        assert found is not None
        before = await faults.requests()

        assert await parking.unpark(found)

        after = await faults.requests()
        assert [
            item
            async for item in container.query_items(
                "SELECT c.id FROM c", partition_key="projections"
            )
        ] == []
    made = {name: after[name] - before.get(name, 0) for name in after}
    assert {name: n for name, n in made.items() if n and container.id in name} == {
        f"batch {container.id}": 1
    }
