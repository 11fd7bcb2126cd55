"""What a consumer notes of its progress, so that everybody can tell how far it is behind."""

from collections.abc import Callable, Sequence

import azure.functions as func

from shared.kernel.envelope import decode
from shared.kernel.errors import InvalidMessage
from shared.kernel.lag import progress_name
from shared.kernel.partition import partition_of
from shared.kernel.ports import Progress
from shared.kernel.waiting_command import stream_of


def of_event(body: bytes) -> str:
    """Name the stream of an event; raises InvalidMessage."""
    return decode(body).subject


def of_command(body: bytes) -> str:
    """Name the stream of a command that waits; raises InvalidMessage."""
    return stream_of(body)[0].stream


async def note(
    progress: Progress,
    consumer: str,
    events: Sequence[func.EventHubEvent],
    partitions: int,
    stream: Callable[[bytes], str] = of_event,
) -> None:
    """Note the last message of a batch that has been handled; `stream` names that of a message.

    Raises as the store does.
    """
    partition = _partition(events, partitions, stream)
    if partition is not None:
        name = progress_name(consumer, partition)
        await progress.write(name, str(events[-1].sequence_number))


def _partition(
    events: Sequence[func.EventHubEvent], partitions: int, stream: Callable[[bytes], str]
) -> int | None:
    """Find the partition of a batch by a stream in it: the platform's own word is not documented."""
    for event in reversed(events):
        try:
            return partition_of(stream(event.get_body()), partitions)
        except InvalidMessage:
            continue
    return None
