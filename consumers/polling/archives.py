"""Steps through a feed of Atom (RFC 5005, section 4): back to the archive that is known, and on from there."""

from consumers.polling.documents import Document
from consumers.polling.place import Place, names
from shared.kernel.errors import InvalidMessage
from shared.kernel.ports import FeedAnswer

MOST_BACK = 5_000
"""So many archives are remembered on the way back: what is kept has to fit into an item of the store."""


def url_of(place: Place) -> str:
    """Tell which document is read next."""
    return place.back[-1] if place.back else place.feed


def is_way_back(place: Place, document: Document) -> bool:
    """Tell whether a document is only looked at for the archive before it."""
    before = document.links.get("prev-archive")
    return not place.found and (bool(place.back) or (before is not None and before != place.done))


def one_back(place: Place, document: Document) -> Place:
    """Give the place one archive further back, or the one from which the way leads on; raises InvalidMessage."""
    before = document.links.get("prev-archive")
    if before is None or before == place.done:
        return place.moved(found=True, tag=None)
    if before in place.back:
        raise InvalidMessage("its archives lead in a circle")
    if len(place.back) == MOST_BACK:
        raise InvalidMessage(f"it has more than {MOST_BACK} archives that nobody has read")
    return place.moved(back=(*place.back, before), tag=None)


def behind(place: Place, answer: FeedAnswer, document: Document) -> tuple[Place, bool]:
    """Give the place behind a document, and whether more is there."""
    if place.back:
        archived, back = set(names(document.items)), place.back[:-1]
        seen = tuple(one for one in place.seen if one not in archived)
        return place.moved(done=place.back[-1], back=back, found=bool(back), seen=seen), True
    return place.moved(seen=names(document.items), tag=answer.tag), False
