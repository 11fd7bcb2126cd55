"""What a consumer notes of its progress, so that everybody can tell how far it is behind."""

from collections.abc import Callable, Sequence
from typing import Any

import azure.functions as func

from consumers.delivery import Arrival, event_in
from shared.kernel.delivery.lag import progress_name
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import InvalidMessage
from shared.kernel.ports import Progress


async def note(
    progress: Progress,
    consumer: str,
    events: Sequence[func.EventHubEvent],
    partitions: int,
    read: Callable[[bytes], Arrival[Any]] = event_in,
) -> None:
    """Note the last message of a batch that has been handled; `read` says what streams they are of.

    Raises as the store does.
    """
    # A stream in it tells which partition it is: the platform's own word is not documented.
    for event in reversed(events):
        try:
            partition = partition_of(read(event.get_body()).lane, partitions)
        except InvalidMessage:
            continue
        name = progress_name(consumer, partition)
        return await progress.write(name, str(events[-1].sequence_number))
    return None
