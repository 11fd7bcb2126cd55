"""The end of a chain: found from any page that is known; only a restore of the store takes pages away."""

from shared.kernel.ports import FeedPages, StoredPage


async def last_page(pages: FeedPages, chain: str, known: int) -> StoredPage | None:
    """Read the last page of a chain, from a known page on (0 for none); None before the first."""
    found = await pages.read(chain, known) if known else None
    if found is None:
        number = await pages.last(chain)
        found = await pages.read(chain, number) if number else None
    while found is not None and found.page.closed:
        following = await pages.read(chain, found.page.number + 1)
        if following is None:
            break
        found = following
    return found
