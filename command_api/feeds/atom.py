"""A feed as Atom: a Feed Document (RFC 4287), and of a full page an archive document (RFC 5005, section 4)."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

# It is written here, and nothing of others is ever read with it.
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic_core import to_json

from command_api.feeds.about import About

ATOM, HISTORY = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/history/1.0"
CONTENT = "application/cloudevents+json"
NEVER = "1970-01-01T00:00:00Z"


def document(
    about: About, events: Sequence[Mapping[str, Any]], links: Mapping[str, str | None]
) -> bytes:
    """Write a document; the same events give the same bytes."""
    feed = Element("feed", {"xmlns": ATOM, "xmlns:fh": HISTORY})
    _text(feed, "id", _urn(f"/onewrite/feeds/{about.name}"))
    _text(feed, "title", about.title)
    _text(feed, "updated", max((event["time"] for event in events), default=NEVER))
    _text(SubElement(feed, "author"), "name", about.author)
    if about.archived:
        SubElement(feed, "fh:archive")
    for relation, url in links.items():
        if url is not None:
            SubElement(feed, "link", {"rel": relation, "href": url})
    # The order means nothing in Atom (section 4.1.1), and readers show the first one first.
    for event in reversed(events):
        _entry(feed, event)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: Element, event: Mapping[str, Any]) -> None:
    entry = SubElement(feed, "entry")
    _text(entry, "id", _urn(f"{event['source']}#{quote(event['id'])}"))
    _text(entry, "title", event["type"])
    _text(entry, "updated", event["time"])
    _text(entry, "summary", f"{event['type']} of {event['subject']}")
    # Section 4.1.3.3: what is neither text nor XML is Base64, and has a summary (section 4.1.2).
    content = SubElement(entry, "content", {"type": CONTENT})
    content.text = b64encode(to_json(event)).decode()


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _urn(name: str) -> str:
    """Name something for ever (section 4.2.6), wherever it is read."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"
