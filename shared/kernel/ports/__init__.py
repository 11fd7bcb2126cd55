"""What the kernel needs of the world. Each port has an adapter and a memory twin, held to one contract."""

from shared.kernel.ports.archive import (
    Archive,
    ArchiveDamaged,
    ArchivedFile,
    ArchiveUnavailable,
)
from shared.kernel.ports.delivery import (
    MARKERS,
    Outcomes,
    Parking,
    Progress,
    Receipts,
    StoredParked,
    StoredPosition,
)
from shared.kernel.ports.feed import Feed, FeedPage, LeaseFault, Leases
from shared.kernel.ports.feed_pages import FeedPages, StoredPage
from shared.kernel.ports.log import Log, LogReader, Notifier, NumberedMessage
from shared.kernel.ports.others_feeds import FeedAnswer, FeedGone, FeedUnavailable, OthersFeeds
from shared.kernel.ports.rows import ROWS, RowReader, Rows, StoredRow
from shared.kernel.ports.store import (
    Appended,
    Collided,
    EventReader,
    EventStore,
    Found,
    StoreLimits,
)

__all__ = [
    "MARKERS",
    "ROWS",
    "Appended",
    "Archive",
    "ArchiveDamaged",
    "ArchiveUnavailable",
    "ArchivedFile",
    "Collided",
    "EventReader",
    "EventStore",
    "Feed",
    "FeedAnswer",
    "FeedGone",
    "FeedPage",
    "FeedPages",
    "FeedUnavailable",
    "Found",
    "LeaseFault",
    "Leases",
    "Log",
    "LogReader",
    "Notifier",
    "NumberedMessage",
    "OthersFeeds",
    "Outcomes",
    "Parking",
    "Progress",
    "Receipts",
    "RowReader",
    "Rows",
    "StoreLimits",
    "StoredPage",
    "StoredParked",
    "StoredPosition",
    "StoredRow",
]
