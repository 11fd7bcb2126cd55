"""Invocations with the function's retry policy and the timeout of host.json, in memory as in Azure."""

import asyncio
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from emulators.host import worker
from emulators.host.failures import say_failed
from emulators.host.protos import InvocationResponse, RpcException, StatusResult, TypedData
from emulators.host.retrying import delay
from emulators.host.rules import Function
from emulators.host.worker import Retry

type Input = tuple[TypedData, Mapping[str, TypedData]]
type Acknowledge = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Invoker:
    """Calls functions, and tells whose batches end how when the host stops.

    Once it is `closing`, no trigger takes a new batch. Draining, what runs goes on to its end, with all attempts,
    and is acknowledged; once it is `abandoning`, no attempt follows, and nothing is acknowledged, not even what
    succeeds.

    `pace`: how many times faster than in Azure the platform's own clocks run (delays of retries, leases, grace).
    """

    timeout: float | None
    pace: float = 1.0
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    abandoning: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    _calls: set[asyncio.Task[Any]] = field(default_factory=set)
    _kills: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, function: Function, given: Input, retry: Retry) -> InvocationResponse:
        """Call a function once."""
        return await self._called(function, given, retry, str(uuid.uuid4()))

    async def process(
        self,
        function: Function,
        given: Input,
        acknowledge: Acknowledge,
        over: asyncio.Event | None = None,
    ) -> bool:
        """Call until it succeeds or the policy gives up, and acknowledge that either way, as in Azure.

        False when the host stops before, or when the batch is another host's (`over`): then it comes again.
        """
        with self.busy():
            if await self._ended(function, given, over or asyncio.Event()):
                await acknowledge()
                return True
        return False

    async def _ended(self, function: Function, given: Input, over: asyncio.Event) -> bool:
        policy = function.metadata.retry_options
        most = policy.max_retry_count if policy else 0
        count, exception, id_ = 0, None, str(uuid.uuid4())
        while not (self.abandoning.is_set() or over.is_set()):
            answer = await self._called(function, given, Retry(count, most, exception), id_)
            exception = answer.result.exception
            if exception is None:
                break
            say_failed(function.name, exception, count + 1, given[0])
            if policy is None or count == most:
                break
            await _first(delay(policy, count) / self.pace, self.abandoning, over)
            count += 1
        return not (self.abandoning.is_set() or over.is_set())

    async def _called(
        self, function: Function, given: Input, retry: Retry, id_: str
    ) -> InvocationResponse:
        task, kills = asyncio.current_task(), self._kills
        assert task
        self._calls.add(task)
        try:
            async with asyncio.timeout(self.timeout):
                data, metadata = given
                name = function.trigger["name"]
                return await worker.invoke(
                    function.metadata, name, data, metadata, retry=retry, id_=id_
                )
        except TimeoutError:
            self._calls.discard(task)
            self._kill_worker()
            return _failed(
                id_, f"FunctionTimeoutException: the function ran longer than {self.timeout:.0f} s"
            )
        except asyncio.CancelledError:
            if kills == self._kills or task.uncancel():
                raise
            return _failed(id_, "the worker was killed: another function ran into its time-out")
        finally:
            self._calls.discard(task)

    def _kill_worker(self) -> None:
        """End all calls that run, as the host does with the worker of one that ran into its time-out."""
        self._kills += 1
        for call in self._calls:
            call.cancel()

    def report(self, function: Function, answer: InvocationResponse, given: TypedData) -> None:
        """Say why a call failed, if it did and nobody tries it again."""
        if answer.result.exception is not None:
            say_failed(function.name, answer.result.exception, 1, given)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count what a stop waits for."""
        self.in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self.in_flight -= 1
            if self.in_flight == 0:
                self._idle.set()

    async def idle(self) -> None:
        """Wait until nothing runs that a trigger has taken."""
        while self.in_flight:
            await self._idle.wait()

    async def end(self, seconds: float, *, drains: bool) -> None:
        """Take nothing new, and wait so many seconds until what is running is done."""
        self.closing.set()
        if not drains:
            self.abandoning.set()
        if self.in_flight:
            print(
                f"host: it stops; {self.in_flight} batches still run", file=sys.stderr, flush=True
            )
        try:
            async with asyncio.timeout(seconds):
                await self.idle()
        except TimeoutError:
            print(f"host: {self.in_flight} invocations did not end in time", file=sys.stderr)


async def _first(seconds: float, *events: asyncio.Event) -> None:
    """Wait so long, or until something has happened."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()


def _failed(id_: str, message: str) -> InvocationResponse:
    result = StatusResult(status=StatusResult.Failure, exception=RpcException(message=message))
    return InvocationResponse(invocation_id=id_, result=result)
