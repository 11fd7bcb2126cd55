"""The writer of chains of pages: whatever is appended twice, by whomever, is in a chain once.

That an entry is in a chain is noted for its stream behind the write of its page. Whoever appends next notes that
first, reads the notes then, and writes the page only if nobody has written it since: so the notes lack nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.kernel.errors import Poison, StoreRefused
from shared.kernel.feeds.last_page import last_page
from shared.kernel.feeds.page import Entry, Page, appended, unseen
from shared.kernel.ports import FeedPages, StoredPage


@dataclass(slots=True)
class Chains:
    """Appends to chains, and remembers for each its last page, and the tag under which all of it was noted.

    A page that is remembered is not read again unless somebody else has written it.
    """

    feed_pages: FeedPages
    _last: dict[str, StoredPage] = field(default_factory=dict)
    _noted: dict[str, str | None] = field(default_factory=dict)

    async def append(self, chain: str, entries: Sequence[Entry]) -> list[Poison]:
        """Appends entries in order, but for those in the chain already; names those that no page can hold."""
        left, refused = list(entries), list[Poison]()
        while left:
            end = await self._end(chain)
            left = unseen(left, await self.feed_pages.reached(chain, {one.stream for one in left}))
            if left:
                left, poison = await self._write(end, left)
                refused += poison
        return refused

    async def _write(
        self, end: StoredPage, entries: list[Entry]
    ) -> tuple[list[Entry], list[Poison]]:
        """Write what fits on the last page; gives what is left, all of it when somebody else has written."""
        page, left = appended(end.page, entries, self.feed_pages.largest)
        try:
            tag = await self.feed_pages.write(page, end.tag)
        except StoreRefused as error:
            return await self._write_less(end, entries, error)
        if tag is None:
            return entries, []
        self._last[page.chain] = StoredPage(page, tag)
        await self.feed_pages.note(page.chain, page.unnoted)
        self._noted[page.chain] = tag
        return list(left), []

    async def _write_less(
        self, end: StoredPage, entries: list[Entry], error: StoreRefused
    ) -> tuple[list[Entry], list[Poison]]:
        """Find whose entry it is that no page can hold: that stream ends here."""
        first, *others = entries
        if others:
            left, refused = await self._write(end, [first])
            blamed = {poison.stream for poison in refused}
            return left + [one for one in others if one.stream not in blamed], refused
        return [], [Poison(first.stream, first.version, error)]

    async def _end(self, chain: str) -> StoredPage:
        """Find the page to append to, and note what was appended last, unless that is known to be noted."""
        newest = await last_page(self.feed_pages, chain, self._last.get(chain))
        page, self._last[chain] = newest.page, newest
        if self._noted.get(chain) != newest.tag:
            await self.feed_pages.note(chain, page.unnoted)
            self._noted[chain] = newest.tag
        return StoredPage(Page(chain, page.number + 1), None) if page.closed else newest
