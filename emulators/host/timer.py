"""The timer trigger: one call after the other, whenever its schedule is due, on one of the hosts of a state."""

import asyncio
import json
import os
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from emulators.host.configuration import resolve
from emulators.host.invocations import Invoker
from emulators.host.protos import TypedData
from emulators.host.rules import Function
from emulators.host.schedule import parse_schedule
from emulators.host.timers import Status, Timers
from emulators.host.worker import Retry


class TimerListener:
    """Calls one function by the clock; what fails is not tried again before the next time.

    A moment that was missed while no host ran is made up for once, at the start, unless the schedule is shorter
    than a minute or the trigger does not ask for it.
    """

    def __init__(self, function: Function, invoker: Invoker, timers: Timers) -> None:
        trigger = function.trigger
        self._function = function
        self._invoker = invoker
        self._timers = timers
        self._schedule = parse_schedule(function.name, resolve(function.name, trigger["schedule"]))
        short = self._schedule.is_shorter_than_a_minute()
        self._is_monitored = trigger.get("useMonitor", True) is not False and not short
        self._at_start = bool(trigger.get("runOnStartup"))
        self._zone = _zone()
        self._task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Begin to watch the clock."""
        self._task = asyncio.create_task(self._run())
        self.ready.set()

    async def stop(self) -> None:
        """End; a call that runs has been waited for."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        now = datetime.now(UTC)
        status = self._timers.status(self._function.name) if self._is_monitored else None
        missed = status is not None and status.next < now
        if status is not None and missed:
            missed = self._timers.claim(self._function.name, status.next)
        if self._at_start or missed:
            await self._call(now, is_past_due=missed)
        elif status is None:
            self._note(None, now)
        while due := self._schedule.after(datetime.now(UTC), self._zone):
            await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
            if self._invoker.closing.is_set():
                return
            if self._timers.claim(self._function.name, due):
                await self._call(due, is_past_due=False)

    async def _call(self, moment: datetime, *, is_past_due: bool) -> None:
        status = self._timers.status(self._function.name) if self._is_monitored else None
        about = {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": _shown(status),
            "IsPastDue": is_past_due,
        }
        given = TypedData(json=json.dumps(about))
        metadata = {"TimerTrigger": TypedData(string=datetime.now(self._zone).isoformat())}
        with self._invoker.busy():
            answer = await self._invoker.call(self._function, (given, metadata), Retry())
        self._invoker.report(self._function, answer, given)
        self._note(moment, datetime.now(UTC))

    def _note(self, last: datetime | None, now: datetime) -> None:
        upcoming = self._schedule.after(now, self._zone) if self._is_monitored else None
        if upcoming is not None:
            self._timers.note(self._function.name, last, upcoming)


def _shown(status: Status | None) -> dict[str, Any] | None:
    if status is None:
        return None
    return {
        "Last": status.last.isoformat(),
        "LastUpdated": status.updated.isoformat(),
        "Next": status.next.isoformat(),
    }


def _zone() -> tzinfo:
    """Return the zone of TZ, which the host reads; a name that is none is UTC."""
    try:
        return ZoneInfo(os.environ.get("TZ") or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
