"""Commands that wait: left with a host of a simulation, and looked for as the API does."""

import asyncio

from command_api.mailbox import BEHIND_EVERYTHING
from shared.kernel.commands.decider import Refusal
from shared.kernel.commands.outcome import (
    Accepted,
    Forbidden,
    Outcome,
    Outdated,
    Refused,
    Unchanged,
)
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import ConfigurationError, LogUnavailable
from shared.kernel.messages.commit import timestamp
from shared.kernel.messages.stream import StreamName
from tests.simulation.cloud import Cloud
from tests.simulation.processes import Process
from tests.simulation.virtual_time import now

TIMEOUT = 1.0


async def leave(process: Process, request: CommandRequest) -> bool:
    """Leave a command in the mailbox of a host; False: nobody knows whether it is there."""
    if not process.calls.alive:
        return False
    hub = process.roles.waiting
    partition = partition_of(str(request.stream), hub.partitions)
    leaving = process.spawn(hub.send(partition, [encode_command(request, timestamp(now()))]))
    await asyncio.wait({leaving}, timeout=TIMEOUT)
    if not leaving.done():
        leaving.cancel()
        return False
    if leaving.cancelled():
        return False
    error = leaving.exception()
    if error is not None and not isinstance(error, LogUnavailable | ConfigurationError):
        raise error
    return error is None


async def became(cloud: Cloud, stream: StreamName, key: str) -> Outcome | None:
    """Tell what became of a command: its commit, if there is one, else what was kept; None while it waits."""
    found = await cloud.store.find(stream, BEHIND_EVERYTHING, [key])
    if found.commits:
        return Accepted(found.commits[0], repeated=False)
    kept = await cloud.outcomes.read(str(stream), key)
    if kept is None:
        return None
    if kept.kind == "unchanged":
        return Unchanged(kept.version)
    if kept.kind == "outdated":
        return Outdated(kept.version)
    if kept.kind == "forbidden":
        return Forbidden(kept.version)
    # What failed is no refusal that a decider gives, and so is found.
    return Refused(Refusal(kept.code, kept.detail), kept.version)
