"""What a consumer notes of its progress, so that everybody can tell how far it is behind."""

from collections.abc import Sequence

import azure.functions as func

from shared.kernel.envelope import decode
from shared.kernel.errors import InvalidMessage
from shared.kernel.lag import progress_name
from shared.kernel.partition import partition_of
from shared.kernel.ports import Progress


async def note(
    progress: Progress, consumer: str, events: Sequence[func.EventHubEvent], partitions: int
) -> None:
    """Note the last message of a batch that has been handled; raises as the store does."""
    partition = _partition(events, partitions)
    if partition is not None:
        name = progress_name(consumer, partition)
        await progress.write(name, str(events[-1].sequence_number))


def _partition(events: Sequence[func.EventHubEvent], partitions: int) -> int | None:
    """Find the partition of a batch by a stream in it: the platform's own word is not documented."""
    for event in reversed(events):
        try:
            return partition_of(decode(event.get_body()).subject, partitions)
        except InvalidMessage:
            continue
    return None
