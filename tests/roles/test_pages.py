"""The pages for people: complete, from this host alone, and without a script that stands in the text."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

from command_api.pages import page as pages
from command_api.pages.page import CONSOLE, DOCS, Page
from shared.domain import domain
from tests.roles.wired import Wired

FOLDER = Path(pages.__file__).parent
BOTH = {"docs": DOCS, "console": CONSOLE}
PAGES = pytest.mark.parametrize(("name", "page"), BOTH.items(), ids=BOTH)
FILES = [(name, file) for name, page in BOTH.items() for file in page.files]


class Element(NamedTuple):
    """A tag of a page, with the attributes that it has."""

    tag: str
    attributes: dict[str, str]


class Elements(HTMLParser):
    """Collects the tags of a page, and the text of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1].tag in {"script", "style"}:
            self.inline.append(data.strip())

    @property
    def addresses(self) -> set[str]:
        return {
            value
            for one in self.found
            for name, value in one.attributes.items()
            if name in {"href", "src"}
        }


async def test_the_docs_load_their_own_files_and_nothing_else(wired: Wired) -> None:
    answer = await wired.call("docs")

    shown = Elements(answer.get_body().decode())
    assert shown.addresses == {"openapi.json", "data:,", *(f"docs/{name}" for name in DOCS.files)}


async def test_the_console_loads_its_own_files_and_nothing_else(wired: Wired) -> None:
    answer = await wired.call("console")

    shown = Elements(answer.get_body().decode())
    assert shown.addresses == {"docs", "data:,", "console/console.css", "console/app.js"}
    loaded, met = {"app.js", "console.css"}, ["app.js"]
    while met:
        text = (await wired.call("console_file", file=met.pop())).get_body().decode()
        imported = set(re.findall(r'^import .* from "\./(.+)";$', text, re.MULTILINE))
        met += imported - loaded - {"standalone.mjs"}
        loaded |= imported
    assert loaded == CONSOLE.files.keys()


@PAGES
async def test_no_script_stands_in_the_text(wired: Wired, name: str, page: Page) -> None:
    answer = await wired.call(name)

    shown = Elements(answer.get_body().decode())
    assert not any(shown.inline)
    assert not any(one.startswith("on") for tag in shown.found for one in tag.attributes)
    assert domain.about.title in answer.get_body().decode()
    assert page.files


@pytest.mark.parametrize(("name", "file"), FILES)
async def test_a_file_has_the_media_type_that_a_browser_insists_on(
    wired: Wired, name: str, file: str
) -> None:
    answer = await wired.call(f"{name}_file", file=file)

    kinds = {"js": "text/javascript", "mjs": "text/javascript", "css": "text/css"}
    assert (answer.status_code, answer.mimetype) == (200, kinds[file.rpartition(".")[2]])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_body()


@pytest.mark.parametrize(
    "file", ["none.js", "../page.py", "page.py", "docs.html", "console.html", "", "\0", "LICENSE"]
)
@PAGES
async def test_no_other_file_is_shown(wired: Wired, name: str, page: Page, file: str) -> None:
    answer = await wired.call(f"{name}_file", file=file)

    assert (answer.status_code, file in page.files) == (404, False)


@PAGES
async def test_scripts_come_from_this_host_alone_by_the_policy_of_the_page(
    wired: Wired, name: str, page: Page
) -> None:
    answer = await wired.call(name)

    policy = answer.headers["Content-Security-Policy"]
    rules = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    assert (rules["default-src"], rules["script-src"], rules["connect-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert rules["frame-ancestors"] == "'none'"
    assert rules["style-src"] == page.styles


def test_nothing_in_the_console_makes_markup_of_data() -> None:
    scripts = [one for one in (FOLDER / "console").iterdir() if one.suffix == ".js"]

    assert scripts
    for script in scripts:
        text = script.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", text)
        assert len(text.splitlines()) <= 200, script.name
