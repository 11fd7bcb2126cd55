"""Everybody can use every screen: axe finds nothing, light or dark, wide or on 400 pixels; and pictures."""

import os
import re
import shutil
import subprocess
import tarfile
from typing import Any

import pytest
from azure.cosmos.aio import CosmosClient
from playwright.async_api import Browser, expect

from emulators.tests.machine import limit
from shared.adapters import names
from shared.adapters.cosmos.client import container
from shared.adapters.cosmos.parking import CosmosParking
from shared.kernel.delivery.parking import Parked
from tests.browser.conftest import Tab
from tests.kernel.asking import NOON
from tests.local.names import Names
from tests.local.running import Running
from tests.reference import ROOT

AXE = "axe-core@4.14.1"
PICTURES = ROOT / "docs" / "console"
SHOWN = set(re.findall(r"\(console/([\w-]+\.png)\)", (ROOT / "docs" / "console.md").read_text()))
WRITES = "WRITE_DOCS" in os.environ


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Fetches the rules of others for pages that everybody can use."""
    if not shutil.which("npm"):
        pytest.skip("there is no Node here")
    folder = tmp_path_factory.mktemp("axe")
    subprocess.run(["npm", "pack", "--silent", AXE], cwd=folder, check=True, timeout=limit(120))
    [packed] = folder.iterdir()
    with tarfile.open(packed) as archive:
        file = archive.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode()


async def screens(tab: Tab, stack: Running, own: Names) -> dict[str, str]:
    """Let something happen, and give the screens that show it, by name."""
    sku, order = own("TEA"), own("7")
    await tab.send("item.register-item", sku, name="Tea", reorderPoint="4")
    await tab.send("item.receive-stock", sku, quantity="5")
    lines = f'[{{"sku": "{sku}", "quantity": 2}}]'
    await tab.send("order.place-order", order, customerId="C1", lines=lines)
    await tab.go(f"causes/order-{order}")
    await tab.look_until("OrderConfirmed")
    async with CosmosClient.from_connection_string(stack.cosmos) as client:
        parking = CosmosParking(container(client, names.PARKED))
        for consumer, version in (("reactions", 1), ("deadlines", 2)):
            error = f"order-{order}@{version}: KeyError: 'sku'"
            await parking.park(Parked(consumer, f"order-{order}", version, 3, error, NOON))
    return {
        "flow": "flow",
        "streams": f"streams/item-{sku}?at=3",
        "causes": f"causes/order-{order}",
        "parked": "parked",
        "views": "views/orders",
        "try": "try/order.place-order",
    }


async def violations(tab: Tab, axe: str) -> list[str]:
    await tab.page.evaluate(axe)
    found: dict[str, Any] = await tab.page.evaluate("axe.run()")
    return [
        f"{one['id']}: {one['help']}: {node['html']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("looks", [(1000, "light"), (400, "dark")], ids=["wide", "narrow"])
async def test_every_screen_is_for_everybody(
    browser: Browser, stack: Running, own: Names, axe: str, looks: tuple[int, Any]
) -> None:
    width, scheme = looks
    page = await browser.new_page(
        viewport={"width": width, "height": 700}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.set_default_timeout(limit(5) * 1000)
    expect.set_options(timeout=limit(5) * 1000)
    tab = Tab(page, stack.url)
    for name, screen in (await screens(tab, stack, own)).items():
        await tab.go(screen)
        await expect(page.locator("main :is(table, form, .flow, .fine)")).not_to_have_count(0)
        assert await violations(tab, axe) == [], name
        seen = await page.evaluate("document.documentElement.scrollWidth")
        assert seen <= width, f"{name} is {seen} pixels wide"
        paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
        if WRITES and f"{name}-{scheme}.png" in SHOWN:
            if name == "flow":
                await expect(page.get_by_text("a second")).to_have_count(2)
            await page.screenshot(path=PICTURES / f"{name}-{scheme}.png")
    assert tab.wrong == []


def test_every_picture_that_is_shown_is_there_and_small() -> None:
    sizes = {one.name: one.stat().st_size for one in PICTURES.iterdir()}

    assert sizes.keys() == SHOWN
    assert max(sizes.values()) < 100_000
