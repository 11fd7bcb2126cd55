"""What the products take, each limit once: for the adapters and for their memory twins.

A commit is held to them before it is written: shared/kernel/commands/batch.py.
"""

MEGABYTE = 1_048_576

LARGEST_MESSAGE = MEGABYTE
"""Bytes of a message of Event Hubs, and of a request to Event Grid."""

MESSAGE_OVERHEAD = 1_024
"""Bytes that the SDKs add to a message: properties, brackets, commas, a time in more digits."""

MOST_COMMITS = 100
"""Operations of a transactional batch of Cosmos DB."""

LARGEST_WRITE = 2_000_000
"""Bytes of a batch or an item of Cosmos DB, which takes 2 MB with what it adds of its own."""

DEEPEST_ITEM = 100
"""Levels of an item of Cosmos DB, which takes 128."""

LONGEST_ID = 1_023
"""Bytes of the id of an item of Cosmos DB."""

LARGEST_RIDING_STATE = 256 * 1024
"""Bytes of a state that rides in a commit: more would make every fiftieth commit dear."""

LARGEST_PAGE = MEGABYTE
"""Bytes of the events of a page of a feed: it is an item, and read and written as a whole."""
