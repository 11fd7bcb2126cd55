"""What one command takes, and what one of a thing gives: measured by the tests, or as Azure documents it.

The estimate of costs and the load plan share these. An event of the shop is 1.2 KB; a command leaves one.
"""

from typing import Final

KILOBYTES: Final = 1.2  # of a commit, and of an event in the log
PEAK: Final = 1.3  # the highest second of an hour, as a multiple of the average
PAGE: Final = 100  # the most commits in a batch, and in a page of the sweep
POLL_SECONDS: Final = 0.5  # between two looks at a change feed that had nothing new

# Request units, as Azure charges them: a write of 1 KB with the indexes of names.json, a read of 1 KB (Strong
# doubles it), a query.
INSERT: Final = 8.0
LOAD: Final = 5.0
EVENTS_UNITS: Final = (
    8 + 1 + 1
)  # of a command in `events`: its insert, the reads of publisher and sweep
VIEWS_UNITS: Final = (
    2 + 14 + 2
)  # in `views`: its row read and written by projections, and one query
NOTE_UNITS: Final = 10  # a place that a consumer notes, a lease that the publisher moves
BATCH_UNITS: Final = 5 * NOTE_UNITS  # of a batch: four consumers and the publisher
# Of a notified event that feeds append to a page of half its size: the page read and written, the history of its
# stream read, how far that is in the chain asked twice and noted.
PAGE_UNITS: Final = 2 * 3 + 20 + 3 + 2 * 3 + 6
GENERATIONS_UNITS: Final = 2  # of a batch: which generations of the views there are
POLL_UNITS: Final = 2  # a second: two looks

# A command in `events` by its kind, and how often each comes: warm; cold (the state is loaded); after a lost race
# (both writes, and a look); refused (a look alone).
KINDS: Final = {
    "warm": INSERT,
    "cold": LOAD + INSERT,
    "lost race": 2 * INSERT + LOAD,
    "refused": LOAD,
}
MIX: Final = {"warm": 0.80, "cold": 0.15, "lost race": 0.02, "refused": 0.03}

# Milliseconds of CPU of a command on one core: its own and its query's, and what follows (tests/bench).
CPU: Final = {
    "http": 4.0,
    "single_publisher": 1.0,
    "projections": 1.6,
    "reactions": 1.0,
    "notifications": 0.4,
    "feeds": 0.6,
    "mailbox": 0.0,
}
BUSY: Final = 0.8  # the share of a core that requests may take before they wait for one another
NOTIFIED: Final = 0.1  # of the commands
HOT: Final = 0.01  # the share of all commands that the hottest stream takes
SKEW: Final = 1.2  # the fullest partition, as a multiple of the average
ROUND_TRIP: Final = 0.010  # seconds: a request to the store or the log in one region
SWEPT: Final = (
    1_250  # commits a second of one range, at 5 ms an answer (tests/bench/test_sweep_speed.py)
)
SWEEP_SHARE: Final = 2 * 25 / 60  # of each minute: twice, the sweep runs for 25 seconds

# What Azure gives.
PARTITION_MEGABYTES: Final = 1.0  # a second into a partition of a hub, or 1,000 events
PARTITION_EVENTS: Final = 1_000
UNIT_IN, UNIT_OUT = 1.0, 2.0  # megabytes a second of a throughput unit
RANGE_UNITS: Final = 10_000  # request units a second of a physical partition, and so of one stream
SERVERLESS_UNITS: Final = 5_000  # of a serverless container while it is small; it grows to 20,000
MOST_UNITS: Final = 1_000_000  # request units a second of a container, unless support raises it
MOST_THROUGHPUT_UNITS: Final = 40
MOST_PARTITIONS: Final = 32
REGION_MEGABYTES: Final = 512_000  # of all Flex Consumption instances of a subscription in a region
TOPIC_EVENTS: Final = 5_000  # a second into a topic of Event Grid
HEADROOM: Final = 1.2  # what is raised is raised beyond the need
STORAGE_REQUESTS: Final = 20_000  # a second of a storage account
