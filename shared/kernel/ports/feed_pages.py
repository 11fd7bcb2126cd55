"""What the kernel asks of the pages of feeds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.feeds.page import Page


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page and the tag that a writer must name to replace it; None where it is not there yet."""

    page: Page
    tag: str | None


class FeedPages(Protocol):
    """The pages of feeds, and how far each stream is in a chain of them."""

    @property
    def largest(self) -> int:
        """How many bytes the events of a page may have."""
        ...

    async def last(self, chain: str) -> int:
        """Give the number of the last page of a chain; 0 before the first."""
        ...

    async def read(
        self, chain: str, number: int, known: StoredPage | None = None
    ) -> StoredPage | None:
        """Read a page, as last written; one that is `known` is given back where nobody has written it since."""
        ...

    async def write(self, page: Page, replacing: str | None) -> str | None:
        """Create a page, or replace the one with the tag.

        Returns the new tag; None when somebody else was first. Raises as the store does.
        """
        ...

    async def reached(self, chain: str, streams: Collection[str]) -> Mapping[str, int]:
        """Tell up to which version streams are noted as in the chain; those that are not noted are missing."""
        ...

    async def note(self, chain: str, reached: Mapping[str, int]) -> None:
        """Note versions of streams, at most a page of them; a note never goes back."""
        ...
