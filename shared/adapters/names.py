"""The names of everything in the cloud, from the one file that infrastructure and tests read too."""

import json
from pathlib import Path
from typing import Any, Final

_NAMES: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "names.json").read_text(encoding="utf-8")
)

DATABASE: Final[str] = _NAMES["database"]
PARTITION_KEYS: Final[dict[str, str]] = {
    name: described["partitionKey"].removeprefix("/")
    for name, described in _NAMES["containers"].items()
}
EVENTS: Final = "events"
SNAPSHOTS: Final = "snapshots"
VIEWS: Final = "views"
LEASES: Final = "leases"
PARKED: Final = "parked"
PROGRESS: Final = "progress"
OUTCOMES: Final = "outcomes"
PAGES: Final = "feeds"
SWEEP_SCHEDULE: Final = "%SWEEP_SCHEDULE%"
CATCH_UP_SCHEDULE: Final = "45 * * * * *"
LEASE_PREFIX: Final[str] = _NAMES["leasePrefix"]
EVENTS_HUB: Final = "events"
EVENTS_PARTITIONS: Final[int] = _NAMES["hubs"][EVENTS_HUB]["partitions"]
COMMANDS_HUB: Final = "commands"
COMMANDS_PARTITIONS: Final[int] = _NAMES["hubs"][COMMANDS_HUB]["partitions"]
MAILBOX: Final = "mailbox"
PROJECTIONS: Final = "projections"
SINGLE_PUBLISHER: Final = "single_publisher"
SWEEP: Final = "sweep"
REACTIONS: Final = "reactions"
NOTIFICATIONS: Final = "notifications"
FEEDS: Final = "feeds"
WEBHOOKS: Final = "webhooks"
DEADLINES: Final = "deadlines"
# Who reads the log.
FOLLOWERS: Final = (PROJECTIONS, REACTIONS, NOTIFICATIONS, FEEDS)
CONSUMERS: Final = (SINGLE_PUBLISHER, *FOLLOWERS, MAILBOX, WEBHOOKS, DEADLINES)
COSMOS: Final[str] = _NAMES["connections"]["cosmos"]
EVENT_HUBS: Final[str] = _NAMES["connections"]["eventHubs"]
ARCHIVE: Final[str] = _NAMES["connections"]["archive"]
EVENT_GRID: Final[str] = _NAMES["connections"]["eventGrid"]
