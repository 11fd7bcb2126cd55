"""Somebody mends what is parked, rebuilds a view, and leaves the console open."""

import re

import aiohttp
from azure.cosmos.aio import CosmosClient
from playwright.async_api import expect

from emulators.tests.waiting import until
from shared.adapters import names
from shared.adapters.cosmos.client import container
from shared.adapters.cosmos.codec import to_item
from shared.adapters.cosmos.parking import CosmosParking
from shared.kernel.delivery.parking import Parked
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.stream import StreamName
from tests.browser.conftest import Tab
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit
from tests.local.names import Names
from tests.local.running import Running

LIVE = re.compile("/api/operations/live$")
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def decide(tab: Tab, consumer: str, button: str, came: str) -> None:
    """Decide on what a consumer has parked, and wait for what comes of it."""
    heading = tab.page.get_by_role("heading", name=f"{consumer}: ")
    group = tab.page.locator("form").filter(has=heading)
    await group.get_by_label("Reason").fill("seen to")
    await group.get_by_role("button", name=button).click()
    await expect(tab.page.get_by_role("status")).to_contain_text(f"({consumer}): {came}")
    await expect(tab.page.get_by_role("button", name="Look again")).to_be_enabled()


async def test_a_poisoned_stream_is_found_and_mended_and_gone(
    tab: Tab, stack: Running, own: Names
) -> None:
    bad, mended = own("BAD"), own("MENDED")
    for sku in (bad, mended):
        await tab.send("item.register-item", sku, name="Tea", reorderPoint="1")
    melted = commit(
        2, RecordedEvent("StockMelted", 1, {}), command_id="melt", stream=StreamName("item", bad)
    )
    async with CosmosClient.from_connection_string(stack.cosmos) as client:
        await container(client, names.EVENTS).create_item(to_item(melted))
        parking = CosmosParking(container(client, names.PARKED))
        marker = Parked("deadlines", f"item-{mended}", 1, 1, "a bug that is mended", NOON)
        await parking.park(marker)
    consumers = ("projections", "reactions", "notifications")

    await tab.go("parked")
    await tab.look_until("deadlines: 1", *(f"{one}: 1 parked" for one in consumers))
    await decide(tab, "projections", "Release 1", "release failed")
    for consumer in consumers:
        await decide(tab, consumer, "Skip", "skip went well")
    await decide(tab, "deadlines", "Release 1", "release went well")

    await expect(tab.page.get_by_text("Nothing is parked.")).to_be_visible()
    await tab.go(f"streams/item-{bad}")
    assert "StockMelted" in await tab.page.get_by_role("table").inner_text()


async def test_a_rebuild_is_watched_until_its_rows_are_read(tab: Tab, stack: Running) -> None:
    await tab.go("views/stock")
    await tab.page.get_by_text("Rebuild", exact=True).click()
    shown = tab.page.get_by_role("status")
    before = int(re.findall(r"generation (\d+)", await shown.inner_text())[0])
    await tab.page.get_by_role("button", name="Rebuild stock").click()
    await expect(shown).to_contain_text(f"generation {before + 1}, ")

    async def rung() -> str:
        async with (
            aiohttp.ClientSession(stack.url) as http,
            http.post("/admin/functions/rebuild", json={}) as called,
        ):
            assert called.status == 202
        return await shown.inner_text()

    text = await until(rung, lambda text: f"read is {before + 1}" in text)
    assert f"generation {before + 1}," in text


async def test_a_page_asks_once_a_second_and_not_at_all_while_it_is_hidden(tab: Tab) -> None:
    page = tab.page
    await page.clock.install(time=0)

    def asked() -> int:
        return len(list(filter(LIVE.search, tab.asked)))

    await page.goto(f"{tab.url}/api/console")
    await expect(page.get_by_role("heading", name="Log")).to_be_visible()
    # From here on time stands still, but for what the test lets pass.
    async with page.expect_response(LIVE):
        await page.clock.pause_at(3_600_000)
    for _ in range(3):
        before = asked()
        await page.clock.run_for(900)
        assert asked() == before
        async with page.expect_response(LIVE):
            # While nothing happens, it waits longer.
            await page.clock.run_for(3_000)
        assert before < asked() <= before + 3

    await page.evaluate(HIDE, arg=True)
    before = asked()
    await page.clock.run_for(60_000)
    assert asked() == before
    async with page.expect_response(LIVE):
        await page.evaluate(HIDE, arg=False)
