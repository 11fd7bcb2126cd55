"""Invocations with the function's retry policy and the timeout of host.json, in memory as in Azure."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from emulators.host import worker
from emulators.host.failures import say_failed
from emulators.host.protos import (
    InvocationResponse,
    RpcException,
    RpcRetryOptions,
    StatusResult,
    TypedData,
)
from emulators.host.rules import Function
from emulators.host.worker import Retry

type Input = tuple[TypedData, Mapping[str, TypedData]]
type Acknowledge = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Invoker:
    """Calls functions; once it stops, it starts nothing, not even another attempt.

    `pace`: how many times faster than in Azure the platform's own clocks run (delays of retries, leases).
    """

    timeout: float
    pace: float = 1.0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, function: Function, given: Input, retry: Retry) -> InvocationResponse:
        """Call a function once."""
        with self._busy():
            return await self._called(function, given, retry)

    async def process(
        self, function: Function, make: Callable[[], Input], acknowledge: Acknowledge
    ) -> None:
        """Call until it succeeds or the policy gives up, and acknowledge that either way, as in Azure.

        What is neither done nor given up when the host stops is left for the next one: this waits then
        until it is cancelled.
        """
        with self._busy():
            if await self._ended(function, make):
                await acknowledge()
                return
        await asyncio.Event().wait()

    async def _ended(self, function: Function, make: Callable[[], Input]) -> bool:
        policy = function.metadata.retry_options
        most = policy.max_retry_count if policy else 0
        count, exception = 0, None
        while not self.stopping.is_set():
            given = make()
            answer = await self._called(function, given, Retry(count, most, exception))
            exception = answer.result.exception
            if exception is None:
                return True
            say_failed(function.name, exception, count + 1, given[0])
            if policy is None or count == most:
                return True
            await self._wait(_delay(policy, count) / self.pace)
            count += 1
        return False

    async def _called(self, function: Function, given: Input, retry: Retry) -> InvocationResponse:
        try:
            async with asyncio.timeout(self.timeout):
                data, metadata = given
                name = function.trigger["name"]
                return await worker.invoke(function.metadata, name, data, metadata, retry)
        except TimeoutError:
            return _timed_out(self.timeout)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self.in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self.in_flight -= 1
            if self.in_flight == 0:
                self._idle.set()

    def report(self, function: Function, answer: InvocationResponse, given: TypedData) -> None:
        """Say why a call failed, if it did and nobody tries it again."""
        if answer.result.exception is not None:
            say_failed(function.name, answer.result.exception, 1, given)

    async def drain(self, seconds: float) -> None:
        """Start nothing any more, and wait until what is running is done and acknowledged."""
        self.stopping.set()
        if self.in_flight:
            try:
                async with asyncio.timeout(seconds):
                    await self._idle.wait()
            except TimeoutError:
                print(f"host: {self.in_flight} invocations did not end in time", file=sys.stderr)

    async def _wait(self, seconds: float) -> None:
        waiting = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({waiting}, timeout=seconds)
        waiting.cancel()


def _delay(policy: RpcRetryOptions, count: int) -> float:
    if policy.retry_strategy == "fixed_delay":
        return policy.delay_interval.total_seconds()
    low, high = policy.minimum_interval.total_seconds(), policy.maximum_interval.total_seconds()
    grown = low * 2.0 ** min(count, 30) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
    return min(max(low, grown), high)


def _timed_out(seconds: float) -> InvocationResponse:
    message = f"FunctionTimeoutException: the function ran longer than {seconds:.0f} s"
    result = StatusResult(status=StatusResult.Failure, exception=RpcException(message=message))
    return InvocationResponse(invocation_id="timeout", result=result)
