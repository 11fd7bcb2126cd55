"""The end of a chain: found from any page that is known; only a restore of the store takes pages away."""

from shared.kernel.feeds.page import Page
from shared.kernel.ports import FeedPages, StoredPage


async def last_page(pages: FeedPages, chain: str, known: StoredPage | None) -> StoredPage:
    """Read the last page of a chain, from a known page on; the first one, empty, where there is none."""
    found = await pages.read(chain, known.page.number, known) if known else None
    if found is None:
        # A query asks every partition of the store, and a chain without a first page has no other.
        number = 0 if known and known.page.number == 1 else await pages.last(chain)
        found = await pages.read(chain, number) if number else None
    while found is not None and found.page.closed:
        following = await pages.read(chain, found.page.number + 1)
        if following is None:
            break
        found = following
    return found or StoredPage(Page(chain, 1), None)
