"""A tab of Chromium that looks at the console of the shared stack."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from emulators.tests.machine import limit
from emulators.tests.waiting import until
from tests.local.running import Running

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Tab:
    """A tab, what it has asked for, and what went wrong in it."""

    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    async def go(self, screen: str) -> None:
        """Go to a screen, and wait until it has something to show."""
        await self.page.goto(f"{self.url}/api/console#/{screen}")
        await expect(self.page.locator("main h1")).to_be_visible()
        await expect(self.page.get_by_text("Looking…")).to_have_count(0)

    async def send(self, command: str, id_: str, **fields: str) -> None:
        """Fill the form of a command in, and send it; it is accepted."""
        await self.go(f"try/{command}")
        await self.page.get_by_label(re.compile("^id of the ")).fill(id_)
        for name, value in fields.items():
            await self.page.get_by_label(name, exact=True).fill(value)
        await self.page.get_by_role("button", name="Send", exact=True).click()
        await self.answered("200 to key")

    async def answered(self, text: str) -> None:
        """Wait for an answer that says something."""
        await expect(self.page.get_by_label("Answer", exact=True)).to_contain_text(text)

    async def look_until(self, *texts: str) -> None:
        """Look again until the screen shows all of it."""
        again = self.page.get_by_role("button", name="Look again")

        async def missing() -> list[str]:
            await again.click()
            await expect(again).to_be_enabled()
            text = await self.page.locator("main").inner_text()
            return [one for one in texts if one not in text]

        await until(missing, lambda found: not found)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: `apt-get install chromium` gets one")
    # Its own sandbox refuses to run for root.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as driver:
        made = await driver.chromium.launch(executable_path=CHROMIUM, args=options)
        yield made
        await made.close()


@pytest.fixture
async def tab(browser: Browser, stack: Running) -> AsyncIterator[Tab]:
    """Gives a tab; nothing may go wrong in it, and it asks nobody but the stack."""
    expect.set_options(timeout=limit(5) * 1000)
    page = await browser.new_page(viewport={"width": 1100, "height": 800})
    page.set_default_timeout(limit(5) * 1000)
    made = Tab(page, stack.url)
    yield made
    assert made.wrong == []
    assert [one for one in made.asked if not one.startswith((stack.url, "data:"))] == []
