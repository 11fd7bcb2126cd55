"""The work of one lease of the change feed: to renew it, and to call the function with one page after another.

After the function ran, with all its retries, the lease advances whether or not it succeeded, as in Azure.
"""

import asyncio
import json
import sys
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from azure.core.exceptions import AzureError

from emulators.host.feed import Feed, Page, RangeGoneError
from emulators.host.invocations import Input, Invoker
from emulators.host.lease_store import LeaseStore
from emulators.host.leases import Lease, LeaseLostError
from emulators.host.newtonsoft import rewrite_dates
from emulators.host.protos import TypedData
from emulators.host.rules import Function

PATIENCE: Final = 20.0
"""So many seconds a read of the feed waits for something new, where the service can wait."""
GRACE: Final = 10.0
"""So many seconds a host that has lost a lease goes on with its batch."""


@dataclass(slots=True)
class Watched:
    """A container that is watched for a function; `ranges` are its ranges as the listener saw them last."""

    function: Function
    invoker: Invoker
    store: LeaseStore
    feed: Feed
    keep_dates: bool
    ranges: Sequence[Mapping[str, Any]] = ()


async def work(watched: Watched, lease: Lease) -> None:
    """Work until the lease is lost, a request fails, or the host stops, and leave the lease to others then.

    Cut off in the middle of a batch, it leaves the lease as it is: others have it when it expires.
    """
    lost, over = asyncio.Event(), asyncio.Event()
    renewing = asyncio.create_task(_renew(watched, lease, lost, over))
    try:
        while not (lease.lost or watched.invoker.closing.is_set()):
            await _step(watched, lease, lost, over)
    except LeaseLostError:
        return
    except AzureError as error:
        # As in Azure: whoever looks for leases next goes on from the same place.
        complain(watched.function, error)
    finally:
        renewing.cancel()
        if not (lease.lost or lease.running):
            await _release(lease)


async def _step(watched: Watched, lease: Lease, lost: asyncio.Event, over: asyncio.Event) -> None:
    """Hand the lease over if its range is gone, or else process the next page.

    Even where the service waits for something new, it is seen when the next poll is due, as in Azure.
    """
    if await watched.store.hand_over(lease, watched.ranges):
        return
    closing, clock = watched.invoker.closing, asyncio.get_running_loop().time
    begun, every = clock(), seconds(watched.function, "feedPollDelay", 5_000)
    try:
        page = await _unless(_read(watched, lease), closing, lost)
    except RangeGoneError:
        watched.ranges = await watched.feed.ranges()
        return
    if page is not None and page.documents and not page.waited:
        await _run(watched, lease, over, page)
    elif page is not None:
        await _pause(closing, every - (clock() - begun) % every)


async def _read(watched: Watched, lease: Lease) -> Page:
    most = watched.function.trigger.get("maxItemsPerInvocation") or 100
    patience = PATIENCE / watched.invoker.pace
    return await watched.feed.read(lease.stretch, lease.place, most, patience)


async def _unless[T](work: Coroutine[None, None, T], *events: asyncio.Event) -> T | None:
    """Return what a work gives; None if something happens before, which cuts it off."""
    tasks = [asyncio.ensure_future(one) for one in (work, *(event.wait() for event in events))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return await tasks[0] if tasks[0].done() else None
    finally:
        for one in tasks:
            one.cancel()


async def _run(
    watched: Watched,
    lease: Lease,
    over: asyncio.Event,
    page: Page,
) -> None:
    shown = page.documents if watched.keep_dates else rewrite_dates(page.documents)
    given: Input = TypedData(string=json.dumps(shown, separators=(",", ":"))), {}
    lease.running = True
    try:
        await watched.invoker.process(
            watched.function, given, lambda: lease.advance(page.place), over
        )
    except (LeaseLostError, AzureError):
        # The batch is done, though nobody has noted it.
        lease.running = False
        raise
    lease.running = False


async def _renew(watched: Watched, lease: Lease, lost: asyncio.Event, over: asyncio.Event) -> None:
    """Renew the lease; once it is lost, what runs has a while before its attempts are over."""
    pace = watched.invoker.pace
    while True:
        await asyncio.sleep(seconds(watched.function, "leaseRenewInterval", 17_000) / pace)
        try:
            await lease.renew()
        except LeaseLostError:
            lost.set()
            await asyncio.sleep(GRACE / pace)
            over.set()
            if lease.running:
                told = f"host: {watched.function.name}: change feed: lease {lease.id} was lost"
                print(told, file=sys.stderr, flush=True)
            return
        except AzureError as error:
            complain(watched.function, error)


async def _release(lease: Lease) -> None:
    try:
        await lease.release()
    except (LeaseLostError, AzureError):
        # Others will have it when it expires.
        return


async def _pause(closing: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await closing.wait()
    except TimeoutError:
        return


def seconds(function: Function, name: str, default: int) -> float:
    """Read a time of the trigger, which has it in milliseconds."""
    return int(function.trigger.get(name) or default) / 1000


def complain(function: Function, error: Exception) -> None:
    """Say what the store answers, in a line."""
    first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
    print(f"host: {function.name}: change feed: {first_line}", file=sys.stderr)
