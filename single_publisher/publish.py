"""From items of the change feed to messages of the log: per stream in the order of versions."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from pydantic_core import from_json

from shared.kernel.commit import Commit, from_item
from shared.kernel.envelope import Envelope, encode, envelopes
from shared.kernel.partition import partition_of
from shared.kernel.ports import Log


async def publish(documents: str, log: Log) -> None:
    """Send the events of a batch of items, partitions in parallel; raises what the log raises.

    After an error the platform gives the whole batch again: consumers drop what comes twice.
    """
    commits = [from_item(item) for item in from_json(documents)]
    sends = [
        log.send(partition, [encode(envelope) for envelope in ordered])
        for partition, ordered in by_partition(commits, log.partitions).items()
    ]
    # One partition's failure must not cut short what another is sending.
    results = await asyncio.gather(*sends, return_exceptions=True)
    errors = [result for result in results if isinstance(result, BaseException)]
    if errors:
        raise BaseExceptionGroup("not every partition took its events", errors)


def by_partition(commits: Iterable[Commit], partitions: int) -> dict[int, list[Envelope]]:
    """Sort commits by stream and version (a transaction's items arrive in any order), and spread them."""
    ordered = sorted(commits, key=lambda commit: (commit.stream, commit.version))
    spread: dict[int, list[Envelope]] = defaultdict(list)
    for envelope in chain.from_iterable(envelopes(commit) for commit in ordered):
        spread[partition_of(envelope.subject, partitions)].append(envelope)
    return spread
