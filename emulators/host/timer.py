"""The timer trigger: one call after the other, whenever its NCRONTAB schedule (six fields, UTC) is due.

Each host keeps its own time; in Azure one instance at a time holds the timer.
"""

import asyncio
import json
from datetime import UTC, datetime

from emulators.host.configuration import resolve
from emulators.host.invocations import Invoker
from emulators.host.protos import TypedData
from emulators.host.rules import Function
from emulators.host.schedule import next_due
from emulators.host.worker import Retry


class TimerListener:
    """Calls one function by the clock; what fails is not tried again before the next time."""

    def __init__(self, function: Function, invoker: Invoker) -> None:
        self._function = function
        self._invoker = invoker
        self._schedule = resolve(function.name, function.trigger["schedule"])
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
        while True:
            due = next_due(self._function.name, self._schedule)
            await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
            if self._invoker.stopping.is_set():
                return
            about = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": {}, "IsPastDue": False}
            given = TypedData(json=json.dumps(about))
            answer = await self._invoker.call(self._function, (given, {}), Retry())
            self._invoker.report(self._function, answer, given)
