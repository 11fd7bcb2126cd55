"""The pages for people: complete, from this host alone, and without a script that stands in the text."""

from html.parser import HTMLParser
from typing import NamedTuple

import pytest

from command_api.pages.page import DOCS
from shared.domain import domain
from tests.roles.wired import Wired


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


async def test_the_page_loads_its_own_files_and_nothing_else(wired: Wired) -> None:
    answer = await wired.call("docs")

    shown = Elements(answer.get_body().decode())
    assert shown.addresses == {"openapi.json", "data:,", *(f"docs/{name}" for name in DOCS)}
    assert not any(shown.inline)
    assert not any(name.startswith("on") for one in shown.found for name in one.attributes)
    assert domain.about.title in answer.get_body().decode()


@pytest.mark.parametrize("name", DOCS)
async def test_a_file_has_the_media_type_that_a_browser_insists_on(wired: Wired, name: str) -> None:
    answer = await wired.call("docs_file", file=name)

    wanted = {"js": "text/javascript", "css": "text/css"}[name.rpartition(".")[2]]
    assert (answer.status_code, answer.mimetype) == (200, wanted)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_body()


@pytest.mark.parametrize(
    "name", ["none.js", "../page.py", "page.py", "docs.html", "", "\0", "LICENSE"]
)
async def test_no_other_file_is_shown(wired: Wired, name: str) -> None:
    answer = await wired.call("docs_file", file=name)

    assert answer.status_code == 404


async def test_scripts_come_from_this_host_alone_by_the_policy_of_the_page(wired: Wired) -> None:
    answer = await wired.call("docs")

    policy = answer.headers["Content-Security-Policy"]
    rules = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    assert (rules["default-src"], rules["script-src"], rules["connect-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert rules["frame-ancestors"] == "'none'"
