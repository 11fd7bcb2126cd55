"""The host: the listeners of all functions of an app, started together, drained and stopped together."""

import asyncio
import os
from collections.abc import Coroutine, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulators.host.configuration import HostConfiguration
from emulators.host.invocations import Invoker
from emulators.host.keys import Keys
from emulators.host.rules import Function

if TYPE_CHECKING:
    from emulators.host.change_feed import ChangeFeedListener
    from emulators.host.checkpoints import Checkpoints
    from emulators.host.event_hub import EventHubListener
    from emulators.host.http import HttpListener
    from emulators.host.timer import TimerListener
    from emulators.host.timers import Timers

    type Stream = ChangeFeedListener | EventHubListener | TimerListener

GRACE: Final = 40.0
"""So many seconds a stop leaves to the batches that run; then the process ends."""
DRAINS: Final = "FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING"


class Host:
    """Runs the functions of one app, beside other hosts that share its state.

    `pace`: how many times faster than in Azure the platform's own clocks run. `sign_in`: the header that says who
    asks, if the platform is to sign callers in. `keys`: those that are asked for, if any are.
    """

    def __init__(
        self,
        functions: Sequence[Function],
        configuration: HostConfiguration,
        state: Path,
        *,
        pace: float = 1.0,
        sign_in: str = "",
        keys: Keys | None = None,
    ) -> None:
        self._functions = functions
        self._configuration = configuration
        self._state = state
        self._sign_in = sign_in
        self._keys = keys
        self._invoker = Invoker(configuration.timeout, pace)
        self.http: HttpListener | None = None
        self._checkpoints: Checkpoints | None = None
        self._timers: Timers | None = None
        self._streams: list[Stream] = []
        self._draining: asyncio.Task[None] | None = None

    async def start(self, port: int) -> int:
        """Warm up, start every listener, and return the HTTP port once all of them work."""
        await self._listen(self._warm_up())
        from emulators.host.administration import Administration
        from emulators.host.http import HttpListener

        self.http = HttpListener(
            self._functions,
            self._configuration.route_prefix,
            self._invoker,
            Administration(self._functions, self._invoker, self.drain, self.resume, self._keys),
            keys=self._keys,
            sign_in=self._sign_in,
        )
        return await self.http.start(port)

    async def _listen(self, *beside: Coroutine[None, None, None]) -> None:
        async with asyncio.TaskGroup() as group:
            for one in beside:
                group.create_task(one)
            self._begin(group, self._event_hubs())
            # The SDK of Event Hubs mostly waits while it connects: what remains to be loaded is loaded meanwhile.
            await _load()
            self._begin(group, [*self._change_feeds(), *self._timed()])

    def _begin(self, group: asyncio.TaskGroup, streams: "Sequence[Stream]") -> None:
        self._streams += streams
        for stream in streams:
            group.create_task(_started(stream))

    def routes(self) -> list[str]:
        """List the routes that it serves, as people write them."""
        return self.http.listed() if self.http is not None else []

    async def drain(self) -> None:
        """Take nothing new from any stream, and leave its leases to others as soon as what runs is done."""
        if self._draining is None:
            self._invoker.closing.set()
            self._draining = asyncio.create_task(self._drained())

    async def resume(self) -> None:
        """Listen again after draining."""
        if self._draining is not None:
            await self._draining
            self._draining = None
            self._invoker.closing.clear()
            await self._listen()

    async def _drained(self) -> None:
        await self._invoker.idle()
        await self._leave()

    async def stop(self) -> None:
        """Refuse what comes, and finish what runs.

        Until the last request is answered, the triggers go on. Then, in drain mode, what runs is acknowledged if
        it ends in time; otherwise it comes again, even if it succeeds.
        """
        if self.http is not None:
            await self.http.stop()
        drains = self._draining is not None or os.environ.get(DRAINS, "").lower() in {"1", "true"}
        await self._invoker.end(GRACE / self._invoker.pace, drains=drains)
        await self._leave()
        for file in (self._checkpoints, self._timers):
            if file is not None:
                file.close()

    async def _leave(self) -> None:
        streams, self._streams = self._streams, []
        await asyncio.gather(*(stream.stop() for stream in streams))

    async def _warm_up(self) -> None:
        """Ask the app to warm up, as the platform around the host does."""
        if self._of("warmupTrigger"):
            from emulators.host.warm_up import warm_up

            await warm_up(self._functions, self._invoker)

    def _change_feeds(self) -> "Sequence[ChangeFeedListener]":
        functions = self._of("cosmosDBTrigger")
        if not functions:
            return []
        from emulators.host.change_feed import ChangeFeedListener

        keep = self._configuration.keep_dates
        return [
            ChangeFeedListener(function, self._invoker, keep_dates=keep) for function in functions
        ]

    def _event_hubs(self) -> "Sequence[EventHubListener]":
        functions = self._of("eventHubTrigger")
        if not functions:
            return []
        from emulators.host.checkpoints import Checkpoints
        from emulators.host.event_hub import EventHubListener

        kept = self._checkpoints = self._checkpoints or Checkpoints(
            self._state / "checkpoints.sqlite"
        )
        knobs = self._configuration.event_hubs
        return [EventHubListener(function, self._invoker, kept, knobs) for function in functions]

    def _timed(self) -> "Sequence[TimerListener]":
        functions = self._of("timerTrigger")
        if not functions:
            return []
        from emulators.host.timer import TimerListener
        from emulators.host.timers import Timers

        kept = self._timers = self._timers or Timers(self._state / "timers.sqlite")
        return [TimerListener(function, self._invoker, kept) for function in functions]

    def _of(self, type_: str) -> list[Function]:
        return [one for one in self._functions if one.type == type_ and not one.disabled]


async def _load() -> None:
    """Load what the other listeners need while the connections go on."""
    web = asyncio.create_task(asyncio.to_thread(import_module, "aiohttp.web"))
    # Not in a thread: the app may load the same, and two threads must not load modules that load one another.
    for name in ("azure.core.pipeline", "azure.cosmos", "azure.cosmos.aio"):
        import_module(name)
        await asyncio.sleep(0)
    await web


async def _started(stream: "Stream") -> None:
    await stream.start()
    await stream.ready.wait()
