"""Memory twins: the same promises as the adapters, in one process."""

from shared.adapters.memory.archive import MemoryArchive
from shared.adapters.memory.event_store import MemoryEventStore
from shared.adapters.memory.feed import MemoryFeed, MemoryLeases, MemoryProgress
from shared.adapters.memory.feed_pages import MemoryFeedPages
from shared.adapters.memory.inbound_receipts import MemoryReceipts
from shared.adapters.memory.log import MemoryLog
from shared.adapters.memory.notifier import MemoryNotifier
from shared.adapters.memory.others_feeds import MemoryOthersFeeds
from shared.adapters.memory.outcomes import MemoryOutcomes
from shared.adapters.memory.parking import MemoryParking
from shared.adapters.memory.rows import MemoryRows

__all__ = [
    "MemoryArchive",
    "MemoryEventStore",
    "MemoryFeed",
    "MemoryFeedPages",
    "MemoryLeases",
    "MemoryLog",
    "MemoryNotifier",
    "MemoryOthersFeeds",
    "MemoryOutcomes",
    "MemoryParking",
    "MemoryProgress",
    "MemoryReceipts",
    "MemoryRows",
]
