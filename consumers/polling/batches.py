"""Steps along a feed of batches: by its links, or by the id of the last event."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from consumers.polling.documents import Document
from consumers.polling.place import Place
from shared.kernel.ports import FeedAnswer

LAST = "lastEventId"


def is_beginning_elsewhere(place: Place, document: Document) -> bool:
    """Tell whether what was found shows only the newest events, and where the first one is."""
    return place.url is None and "first" in document.links


def behind(place: Place, url: str, answer: FeedAnswer, document: Document) -> tuple[Place, bool]:
    """Give the place behind a document, and whether more may be there."""
    last = _last(document)
    next_ = document.links.get("next")
    if next_ is None:
        next_ = _after(place.feed, last) if last else url
    stays = next_ == url
    tag = answer.tag if stays else None
    moved = place.moved(url=next_, last=last or place.last, tag=tag, seen=())
    return moved, bool(document.items) and not stays


def is_known(place: Place, document: Document) -> bool:
    """Tell whether a feed has ignored behind which event it was asked, and has shown that event last again."""
    asked = place.url is not None and "next" not in document.links
    return asked and bool(document.items) and _last(document) == place.last


def _last(document: Document) -> str | None:
    """Name the last event; one that cannot be read is found behind it again."""
    return next((one.id for one in reversed(document.items) if one.id), None)


def _after(feed: str, last: str) -> str:
    found = urlsplit(feed)
    asked = [pair for pair in parse_qsl(found.query, keep_blank_values=True) if pair[0] != LAST]
    return urlunsplit(found._replace(query=urlencode([*asked, (LAST, last)])))
