"""What a document of a feed holds: events as they were written, each for itself, and where it leads."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

# Documents of others come by here: NoDoctype admits nothing that could grow.
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from pydantic_core import to_json

from consumers.polling.elements import elements
from shared.adapters.http.bodies import read_json
from shared.kernel.errors import InvalidMessage
from shared.kernel.ports import FeedAnswer

ATOM = "application/atom+xml"
EVENT = "application/cloudevents+json"
_ATOM = "{http://www.w3.org/2005/Atom}"


MOST_ITEMS = 10_000
"""So many events a document may hold: what was handled of it has to fit into an item of the store."""


@dataclass(frozen=True, slots=True)
class Item:
    """An event as it was written; `id` is empty where it cannot be read; `about` tells what keeps its order."""

    id: str
    about: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """The events of a document in their order, and where it leads, by relation."""

    items: Sequence[Item]
    links: Mapping[str, str]


class NoDoctype(TreeBuilder):
    """Builds a tree, and refuses a document type: entities are declared there."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002 - its protocol
        """Raise InvalidMessage."""
        raise InvalidMessage("it declares a document type")


def read_document(url: str, answer: FeedAnswer) -> Document:
    """Read a document; raises InvalidMessage for what is none, of which nothing takes effect."""
    match answer.form:
        case "application/cloudevents-batch+json" | "application/json":
            found = Document(_batch(answer.body), answer.links)
        case "application/x-ndjson":
            lines = [line for line in answer.body.split(b"\n") if line.strip()]
            found = Document([_item(line) for line in lines], answer.links)
        case "application/atom+xml":
            found = _atom(url, answer)
        case other:
            raise InvalidMessage(f"a feed cannot be read as {other[:100] or 'nothing'}")
    if len(found.items) > MOST_ITEMS:
        raise InvalidMessage(f"a document holds more than {MOST_ITEMS} events")
    return found


def _batch(body: bytes) -> Sequence[Item]:
    try:
        content = read_json(body)
    except ValueError:
        # One event that nobody can read keeps no other from being read.
        return [_item(one) for one in elements(body)]
    if not isinstance(content, list):
        raise InvalidMessage("a batch of events is no array")
    return [_item(to_json(one)) for one in content]


def _item(body: bytes) -> Item:
    try:
        content = read_json(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        return Item("", "", body)
    id_ = content.get("id")
    about = f"{content.get('source')} {content.get('subject')}"
    return Item(id_ if isinstance(id_, str) else "", about, body)


def _atom(url: str, answer: FeedAnswer) -> Document:
    parser = XMLParser(target=NoDoctype())  # noqa: S314 - see NoDoctype
    try:
        parser.feed(answer.body)
        root = parser.close()
    except (ParseError, LookupError):
        # A LookupError: it names an encoding that nobody knows.
        raise InvalidMessage("a document of Atom is no XML") from None
    if root.tag != f"{_ATOM}feed":
        raise InvalidMessage("a document of Atom is no feed")
    try:
        links = {
            link.get("rel", "alternate"): urljoin(url, link.get("href", ""))
            for link in reversed(root.findall(f"{_ATOM}link"))
        }
    except ValueError:
        raise InvalidMessage("a document of Atom has a link that leads nowhere") from None
    # The order means nothing (RFC 4287, section 4.1.1); of what is of one time, feeds show the newest first.
    entries = root.findall(f"{_ATOM}entry")[::-1]
    entries.sort(key=_updated)
    return Document([_entry(one) for one in entries], {**answer.links, **links})


def _updated(entry: Element) -> float:
    try:
        return datetime.fromisoformat(_text(entry, "updated").strip()).timestamp()
    except ValueError:
        raise InvalidMessage("an entry of Atom does not say when it was updated") from None


def _entry(entry: Element) -> Item:
    """Take the event out of an entry (section 4.1.3.3: it is Base64); raises InvalidMessage if there is none."""
    content = entry.find(f"{_ATOM}content")
    if content is None or content.get("type", "").partition(";")[0].strip().lower() != EVENT:
        raise InvalidMessage(f"an entry of Atom holds no {EVENT}")
    written = content.text or ""
    try:
        body = b64decode(written)
    except ValueError:
        body = written.encode()
    return _item(body)


def _text(parent: Element, name: str) -> str:
    found = parent.find(f"{_ATOM}{name}")
    return found.text or "" if found is not None else ""
