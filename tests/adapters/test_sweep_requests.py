"""What the sweep asks for a page of commits: a page of the feed, and the rows of all of them in one query."""

from dataclasses import replace

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.cosmos.codec import to_item
from shared.adapters.cosmos.feed import PAGE, CosmosFeed
from shared.adapters.cosmos.rows import CosmosRows
from shared.domain.shop import domain
from shared.kernel.messages.stream import StreamName
from single_publisher.sweep import _last
from single_publisher.sweep_witness import Witness
from tests.adapters.emulators import fresh_container
from tests.adapters.test_request_units import Wire
from tests.kernel.worlds import commit


async def test_a_page_is_one_read_of_the_feed_and_one_query_of_rows(
    services: Services, faults: FaultsClient
) -> None:
    async with (
        fresh_container(services, like="events") as events,
        fresh_container(services, like="views") as views,
    ):
        for number in range(PAGE):
            stream = StreamName("item", f"SKU{number}")
            await events.create_item(to_item(replace(commit(1, stream=stream))))
        feed, witness = CosmosFeed(events), Witness(CosmosRows(views), domain.kept_views)
        asked = {one.id: Wire(faults, one.id) for one in (events, views)}
        found: list[int] = []
        ranges = await feed.ranges()
        for range_ in ranges:
            for wire in asked.values():
                await wire.since()
            page = await feed.read(range_, None)
            seen = await witness.seen(list(_last(page.items)[0].values()))
            found.append(len(seen))
            asked_of_feed = await asked[events.id].since()
            assert sum(asked_of_feed.values()) <= 2, asked_of_feed
            asked_of_rows = await asked[views.id].since()
            assert asked_of_rows.keys() == {"query"}
            assert asked_of_rows["query"] <= len(ranges), (
                "more than one query for each range of the rows"
            )

        assert sum(found) == PAGE
