"""Somebody sends commands in forms, and follows them through every screen."""

import json
import re

from playwright.async_api import expect

from emulators.tests.waiting import until
from tests.browser.conftest import Tab
from tests.local.names import Names

HOSTILE = "<script>window.struck = 1</script><img src=x onerror='window.struck = 1'>"


async def sent(tab: Tab) -> int:
    """Read how many events the log was sent, where Flow shows it."""
    log = tab.page.locator(".station").filter(has=tab.page.get_by_role("heading", name="Log"))
    return int((await log.locator(".big").inner_text()).replace(",", ""))


async def test_an_order_that_is_placed_in_a_form_appears_everywhere(tab: Tab, own: Names) -> None:
    page, sku, order, customer = tab.page, own("TEA"), own("7"), own("C1")
    await tab.send("item.register-item", sku, name="Tea", reorderPoint="1")
    await tab.send("item.receive-stock", sku, quantity="5")
    await tab.go("flow")
    before = await until(lambda: sent(tab), lambda found: found > 0)

    lines = json.dumps([{"sku": sku, "quantity": 2}])
    await tab.send("order.place-order", order, customerId=customer, lines=lines)

    await page.get_by_role("link", name=f"the stream order-{order}").click()
    events = page.get_by_role("table", name=f"Events of order-{order}")
    await expect(events).to_contain_text("OrderPlaced")
    changed = page.get_by_role("table", name="What this version changed")
    await expect(changed.get_by_role("row").filter(has_text="placed")).not_to_have_count(0)

    await page.get_by_role("link", name="what followed from version 1").click()
    await tab.look_until("OrderPlaced", "StockReserved", "OrderConfirmed", "from the first")

    await tab.go(f"views/orders?customerId={customer}")
    await tab.look_until(order, "confirmed")

    await tab.go("flow")
    # Placed, reserved, recorded, confirmed.
    assert await until(lambda: sent(tab), lambda found: found >= before + 4)


async def test_the_same_key_changes_nothing_and_a_stale_version_is_refused(
    tab: Tab, own: Names
) -> None:
    sku = own("TEA")
    await tab.send("item.register-item", sku, name="Tea", reorderPoint="1")
    await tab.send("item.receive-stock", sku, quantity="5")

    await tab.page.get_by_role("button", name="Send the same again").click()
    await tab.answered('"version": 2')
    await tab.page.get_by_role("button", name="stale version").click()
    await tab.answered("412 to key")

    await tab.go(f"streams/item-{sku}")
    rows = tab.page.get_by_role("table", name=f"Events of item-{sku}").locator("tbody tr")
    await expect(rows).not_to_have_count(0)
    assert await rows.count() == 2


async def test_a_script_in_a_name_is_shown_as_text(tab: Tab, own: Names) -> None:
    page, sku = tab.page, own("TEA")
    await tab.send("item.register-item", sku, name=HOSTILE, reorderPoint="1")

    await tab.go(f"streams/item-{sku}?at=1")
    await expect(page.get_by_role("region", name="State at version 1")).not_to_have_count(0)
    await page.get_by_text("ItemRegistered", exact=True).click()
    await expect(page.get_by_label("Data of version 1")).to_contain_text("<script>")
    await tab.go("views/stock?name.prefix=%3Cscript")
    await tab.look_until(sku, HOSTILE)

    assert await page.evaluate("window.struck") is None
    assert await page.locator("main img, main script").count() == 0


async def test_the_keyboard_alone_leads_to_a_stream(tab: Tab, own: Names) -> None:
    page, sku = tab.page, own("TEA")
    await tab.send("item.register-item", sku, name="Tea", reorderPoint="1")
    await page.goto("about:blank")
    await tab.go("flow")
    focused = page.locator(":focus")

    await page.keyboard.press("Tab")
    await expect(focused).to_have_text("Skip to the screen")
    await page.keyboard.press("Tab")
    await expect(focused).to_have_text("Flow")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1:focus")).to_have_text("Streams")
    await page.keyboard.press("Tab")
    await page.keyboard.type(f"item-{sku}@1")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="State at version 1")).to_be_visible()
    assert re.search(rf"#/streams/item-{re.escape(sku)}\?version=1$", page.url)
