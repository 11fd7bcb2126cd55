"""What older code has kept of commands can still be told."""

from emulators.tests.serving import Services
from shared.adapters.cosmos.outcomes import CosmosOutcomes
from shared.kernel.commands.outcome import FinalOutcome
from tests.adapters.emulators import fresh_container


async def test_an_outcome_without_a_digest_is_read(services: Services) -> None:
    kept = FinalOutcome("item-teapot", "c1", "refused", 7, "not-enough-stock", "Too few.")
    async with fresh_container(services, like="outcomes") as container:
        outcomes = CosmosOutcomes(container)
        await outcomes.write(kept)
        (item,) = [one async for one in container.read_all_items()]
        del item["digest"]
        await container.replace_item(item["id"], item)

        assert await outcomes.read("item-teapot", "c1") == kept
