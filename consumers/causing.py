"""What the reactions of a domain do about an event: each receptor and each policy is one of its handlers."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from shared.kernel.commit import timestamp
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.domain import Domain
from shared.kernel.envelope import Envelope
from shared.kernel.errors import ReactionFailed
from shared.kernel.event_processor import EventProcessor
from shared.kernel.message import Event, type_name
from shared.kernel.outcome import Outcome, Refused
from shared.kernel.patience import patiently
from shared.kernel.reactions import Reacting, commands
from shared.kernel.request import CommandRequest

COMMANDS_AT_ONCE = 100
"""An order asks as many items as it has lines, and many orders come at once: the store is asked by so many."""

type Dispatch = Callable[[CommandRequest], Coroutine[Any, Any, Outcome]]


def event_processor(
    domain: Domain,
    dispatcher: Dispatcher,
    now: Callable[[], datetime],
    pause: Callable[[int], Awaitable[None]],
) -> EventProcessor:
    """Register every receptor and every policy for the event that it is bound to."""
    processor, gate = EventProcessor(), asyncio.Semaphore(COMMANDS_AT_ONCE)

    async def dispatch(request: CommandRequest) -> Outcome:
        # The batch would bring everything beside it again too.
        async with gate:
            return await patiently(lambda: dispatcher.dispatch(request), pause)

    for reacting in domain.reactions:
        processor.register(reacting.event, partial(_cause, reacting, dispatch, now))
    return processor


async def _cause(
    reacting: Reacting,
    dispatch: Dispatch,
    now: Callable[[], datetime],
    envelope: Envelope,
    event: Event,
) -> None:
    """Dispatch at once all that one reaction causes; raises an ExceptionGroup of what failed."""
    requests = list(commands(reacting, envelope, event, timestamp(now())))
    results = await asyncio.gather(*map(dispatch, requests), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    failures += [
        _refused(request, result)
        for request, result in zip(requests, results, strict=True)
        if isinstance(result, Refused)
    ]
    if failures:
        raise BaseExceptionGroup(f"{reacting.name}, of {envelope.id}", failures)


def _refused(request: CommandRequest, outcome: Refused) -> ReactionFailed:
    command, refusal = type_name(type(request.command)), outcome.refusal
    return ReactionFailed(f"{command} to {request.stream} was refused: {refusal.sentence}")
