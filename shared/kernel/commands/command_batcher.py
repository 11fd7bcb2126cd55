"""The command batcher: commands that wait for one stream are handed on together, other streams beside them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.kernel.commands.outcome import Outcome
from shared.kernel.commands.request import CommandRequest
from shared.kernel.messages.stream import StreamName

MOST_AT_ONCE = 100


@dataclass(slots=True)
class Waiting:
    """A command that waits for its outcome; how often others were faster, and what it has cost so far.

    One that is `alone` is written by itself: the store has refused a batch that it was in.
    """

    request: CommandRequest
    answer: asyncio.Future[Outcome]
    collisions: int = 0
    charge: float = 0.0
    alone: bool = False

    def tell(self, outcome: Outcome | Exception) -> None:
        """Answer, unless nobody listens any more."""
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


type Handle = Callable[[StreamName, Sequence[Waiting]], Awaitable[Sequence[Waiting]]]
"""Answers commands of one stream; gives back those that must be decided again."""


class CommandBatcher:
    """Whoever finds a stream idle handles its own command; those that come meanwhile are handled together.

    Who goes away stops nobody else.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._streams: dict[str, deque[Waiting]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    async def put(self, request: CommandRequest) -> Outcome:
        """Wait for the outcome of a command; raises what handling it raised."""
        stream, waiting = request.stream, Waiting(request, asyncio.Future())
        queue = self._streams.get(stream.text)
        if queue is not None:
            queue.append(waiting)
            return await waiting.answer
        queue = self._streams[stream.text] = deque()
        try:
            queue.extendleft(await self._handled(stream, [waiting]))
        finally:
            if queue:
                worker = asyncio.create_task(self._work(stream, queue))
                self._workers.add(worker)
                worker.add_done_callback(self._workers.discard)
            else:
                del self._streams[stream.text]
        return await waiting.answer

    async def _work(self, stream: StreamName, queue: deque[Waiting]) -> None:
        taken: list[Waiting] = []
        try:
            while queue:
                taken = _take(queue)
                if taken:
                    queue.extendleft(reversed(await self._handled(stream, taken)))
        finally:
            del self._streams[stream.text]
            # Only the end of the loop interrupts a worker: nobody is left waiting for ever.
            for waiting in (*taken, *queue):
                waiting.answer.cancel()

    async def _handled(self, stream: StreamName, taken: Sequence[Waiting]) -> Sequence[Waiting]:
        try:
            return await self._handle(stream, taken)
        except Exception as error:  # noqa: BLE001 - raised again, in everybody who waits for it
            for waiting in taken:
                waiting.tell(error)
            return ()


def _take(queue: deque[Waiting]) -> list[Waiting]:
    taken = [queue.popleft() for _ in range(min(len(queue), MOST_AT_ONCE))]
    return [waiting for waiting in taken if not waiting.answer.done()]
