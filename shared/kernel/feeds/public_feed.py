"""The feed: public events that others pull, page by page, in the order of their streams."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.kernel.delivery.partition import partition_of
from shared.kernel.messages.message import PublicEvent


@dataclass(frozen=True, slots=True)
class PublicFeed:
    """Public events of the domain, in pages that others pull.

    When their enrichers say something else of events that are in pages already, raise `generation`: new pages are
    begun, and the old ones are gone for readers. Each of the `partitions` has a chain of its own, whatever
    partitions the log has. A stream is in one of them: with another number, all that happened is appended to the
    chain where it belongs then, and readers begin again. Shared caches may keep pages only of a feed that is
    declared free of `personal` data. `may_read` says which actor may read the feed: without it, everybody.
    """

    name: str
    title: str
    events: tuple[type[PublicEvent], ...]
    generation: int = 1
    partitions: int = 4
    personal: bool = True
    may_read: Callable[[str | None], bool] | None = None

    def chain(self, partition: int) -> str:
        """Name the chain of pages of a partition."""
        return f"{self.name}~{self.generation}/{partition}"

    def chain_of(self, stream: str) -> str:
        """Name the chain that a stream is in."""
        return self.chain(partition_of(stream, self.partitions))
