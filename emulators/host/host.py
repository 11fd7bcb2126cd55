"""The host: the listeners of all functions of an app, started together and drained together."""

import asyncio
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from emulators.host.configuration import HostConfiguration
from emulators.host.invocations import Invoker
from emulators.host.protos import TypedData
from emulators.host.rules import Function
from emulators.host.worker import Retry

if TYPE_CHECKING:
    from emulators.host.change_feed import ChangeFeedListener
    from emulators.host.checkpoints import Checkpoints
    from emulators.host.event_hub import EventHubListener
    from emulators.host.http import HttpListener
    from emulators.host.timer import TimerListener

DRAIN = 10.0


class Host:
    """Runs the functions of one app; `instance` names this host among those that share its state.

    `pace`: how many times faster than in Azure the platform's own clocks run. `sign_in`: the header that says who
    asks, if the platform is to sign callers in.
    """

    def __init__(
        self,
        functions: Sequence[Function],
        configuration: HostConfiguration,
        state: Path,
        instance: str,
        *,
        pace: float = 1.0,
        sign_in: str = "",
    ) -> None:
        self._functions = functions
        self._configuration = configuration
        self._state = state
        self._instance = instance
        self._sign_in = sign_in
        self._invoker = Invoker(configuration.timeout, pace)
        self.http: HttpListener | None = None
        self._checkpoints: Checkpoints | None = None
        self._streams: list[ChangeFeedListener | EventHubListener | TimerListener] = []

    async def start(self, port: int) -> int:
        """Warm up, start every listener, and return the HTTP port once all of them work."""
        async with asyncio.TaskGroup() as group:
            for function in self._of("warmupTrigger"):
                group.create_task(self._warm_up(function))
            self._begin(group, self._event_hubs())
            # The SDK of Event Hubs mostly waits while it connects: what remains to be loaded is loaded meanwhile.
            await _load()
            self._begin(group, [*self._change_feeds(), *self._timers()])
        from emulators.host.http import HttpListener

        prefix = self._configuration.route_prefix
        self.http = HttpListener(self._functions, prefix, self._invoker, self._sign_in)
        return await self.http.start(port)

    def _begin(
        self,
        group: asyncio.TaskGroup,
        streams: "Sequence[ChangeFeedListener | EventHubListener | TimerListener]",
    ) -> None:
        self._streams += streams
        for stream in streams:
            group.create_task(_started(stream))

    def routes(self) -> list[str]:
        """List the routes that it serves, as people write them."""
        return self.http.listed() if self.http is not None else []

    async def stop(self) -> None:
        """Take nothing new, finish what runs, acknowledge nothing that was not done."""
        await self._invoker.drain(DRAIN)
        await asyncio.gather(*(stream.stop() for stream in self._streams))
        if self.http is not None:
            await self.http.stop()
        if self._checkpoints is not None:
            self._checkpoints.close()

    async def _warm_up(self, function: Function) -> None:
        await self._invoker.call(function, (TypedData(string=""), {}), Retry())

    def _change_feeds(self) -> "Sequence[ChangeFeedListener]":
        functions = self._of("cosmosDBTrigger")
        if not functions:
            return []
        from emulators.host.change_feed import ChangeFeedListener

        keep = self._configuration.keep_dates
        return [
            ChangeFeedListener(function, self._invoker, self._instance, keep_dates=keep)
            for function in functions
        ]

    def _event_hubs(self) -> "Sequence[EventHubListener]":
        functions = self._of("eventHubTrigger")
        if not functions:
            return []
        from emulators.host.checkpoints import Checkpoints
        from emulators.host.event_hub import EventHubListener

        self._checkpoints = Checkpoints(self._state / "checkpoints.sqlite", self._instance)
        return [
            EventHubListener(
                function, self._invoker, self._checkpoints, self._configuration.event_hubs
            )
            for function in functions
        ]

    def _timers(self) -> "Sequence[TimerListener]":
        functions = self._of("timerTrigger")
        if not functions:
            return []
        from emulators.host.timer import TimerListener

        return [TimerListener(function, self._invoker) for function in functions]

    def _of(self, type_: str) -> list[Function]:
        return [function for function in self._functions if function.type == type_]


async def _load() -> None:
    """Load what the other listeners need while the connections go on."""
    web = asyncio.create_task(asyncio.to_thread(import_module, "aiohttp.web"))
    # Not in a thread: the app may load the same, and two threads must not load modules that load one another.
    for name in ("azure.core.pipeline", "azure.cosmos", "azure.cosmos.aio"):
        import_module(name)
        await asyncio.sleep(0)
    await web


async def _started(stream: "ChangeFeedListener | EventHubListener | TimerListener") -> None:
    await stream.start()
    await stream.ready.wait()
