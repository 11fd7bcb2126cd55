"""The feed: public events that others pull, page by page, in the order of their streams."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.kernel.messages.message import PublicEvent


@dataclass(frozen=True, slots=True)
class PublicFeed:
    """Public events of the domain, in pages that others pull.

    When their enrichers say something else of events that are in pages already, raise `generation`: new pages are
    begun, and the old ones are gone for readers. Shared caches may keep pages only of a feed that is declared free
    of `personal` data. `may_read` says which actor may read the feed: without it, everybody.
    """

    name: str
    title: str
    events: tuple[type[PublicEvent], ...]
    generation: int = 1
    personal: bool = True
    may_read: Callable[[str | None], bool] | None = None

    def chain(self, partition: int) -> "Chain":
        """Name the chain of pages of a partition."""
        return Chain(self.name, self.generation, partition)


@dataclass(frozen=True, slots=True)
class Chain:
    """The pages of one partition of a feed in one generation, one after another."""

    feed: str
    generation: int
    partition: int

    def __str__(self) -> str:
        return f"{self.feed}~{self.generation}/{self.partition}"
