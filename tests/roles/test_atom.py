"""Feeds as Atom: what the RFCs ask of a document, and of one that is an archive."""

import json
from base64 import b64decode
from datetime import datetime
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.kernel.feeding import TYPE, entries
from tests.roles.reading import append, follow, links
from tests.roles.wired import Wired

ATOM, HISTORY = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/history/1.0}"
ACCEPT = {"Accept": "application/atom+xml"}
HEAD = "/api/feeds/shop"
DOCUMENTS = (HEAD, "/api/feeds/shop/0", "/api/feeds/shop/0/1-1", "/api/feeds/shop/0/1-2")


async def read(wired: Wired, url: str) -> Element:
    answer = await follow(wired, url, ACCEPT)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return fromstring(answer.get_body())


def text(parent: Element, name: str) -> str:
    (found,) = parent.findall(f"{ATOM}{name}")
    return found.text or ""


@pytest.mark.parametrize("url", DOCUMENTS)
async def test_a_document_has_what_every_document_must_have(wired: Wired, url: str) -> None:
    await append(wired, 0, entries("order-1", 1, 150))

    feed = await read(wired, url)

    assert feed.tag == f"{ATOM}feed"
    assert text(feed, "id").startswith("urn:uuid:")
    assert text(feed, "title").startswith("What happens to orders")
    assert datetime.fromisoformat(text(feed, "updated")).tzinfo is not None
    (author,) = feed.findall(f"{ATOM}author")
    assert text(author, "name") == "Orders and stock"
    assert len(feed.findall(f"{ATOM}entry")) in {50, 100}


async def test_an_entry_is_the_event_under_an_id_of_its_own_for_ever(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 2))
    plain = json.loads((await follow(wired, HEAD)).get_body())

    newest, _ = found = (await read(wired, HEAD)).findall(f"{ATOM}entry")

    assert text(newest, "title") == TYPE
    assert text(newest, "summary") == f"{TYPE} of order-1"
    assert datetime.fromisoformat(text(newest, "updated")).tzinfo is not None
    (content,) = newest.findall(f"{ATOM}content")
    assert content.attrib == {"type": "application/cloudevents+json"}
    assert json.loads(b64decode(content.text or "")) == plain[-1]
    ids = [text(entry, "id") for entry in found]
    assert len(set(ids)) == 2
    other = (await read(wired, "/api/feeds/shop/0")).findall(f"{ATOM}entry")
    assert [text(entry, "id") for entry in other] == ids


async def test_a_feed_in_which_nothing_has_happened_is_a_document_too(wired: Wired) -> None:
    feed = await read(wired, HEAD)

    assert text(feed, "updated") == "1970-01-01T00:00:00Z"
    assert feed.findall(f"{ATOM}entry") == []


async def test_a_full_page_is_an_archive_and_no_other(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 150))

    archives = [
        url for url in DOCUMENTS if (await read(wired, url)).find(f"{HISTORY}archive") is not None
    ]

    assert archives == ["/api/feeds/shop/0/1-1"]


@pytest.mark.parametrize("url", DOCUMENTS)
async def test_links_are_in_the_document_as_they_are_in_the_header(wired: Wired, url: str) -> None:
    await append(wired, 0, entries("order-1", 1, 150))

    found = (await read(wired, url)).findall(f"{ATOM}link")

    written = {link.attrib["rel"]: link.attrib["href"] for link in found}
    assert written == links(await follow(wired, url, ACCEPT))
    assert written["self"] == url


async def test_from_the_current_document_archives_lead_back_to_the_first(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 250))

    url, numbers = "/api/feeds/shop/0", list[int]()
    while url:
        feed = await read(wired, url)
        numbers.append(len(feed.findall(f"{ATOM}entry")))
        back = [one for one in feed.findall(f"{ATOM}link") if one.get("rel") == "prev-archive"]
        url = back[0].attrib["href"] if back else ""

    assert numbers == [50, 100, 100]
