"""A host of a simulation: one process after another runs on it, and two while a new version is rolled out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulation.cloud import PARTITIONS, Cloud
from tests.simulation.processes import Process
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather


@dataclass
class Host:
    """After a crash another process starts under its name; a new version starts while the old one finishes."""

    name: str
    cloud: Cloud
    weather: Weather
    strange: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start a process, of whatever version is the newest by now."""
        process = Process(self.name, self.cloud, self.weather, self.strange, self._crashed)
        process.start()
        process.spawn(self._redeploy(process))
        self.process = process

    def _crashed(self, process: Process) -> None:
        if process is self.process:
            delay = self.weather.dice.uniform(0.05, 0.5)
            asyncio.get_running_loop().call_later(delay, self.start)

    async def _redeploy(self, process: Process) -> None:
        """Roll a version out without a crash, now and then."""
        while process is self.process:
            await sleep(self.weather.dice.uniform(0.5, 3))
            if self.weather.strikes(self.name, "redeployment", self.weather.redeployments):
                self.roll_out()

    def roll_out(self) -> None:
        """Start the newest version: what goes on in the old process ends there."""
        self.process.retired = True
        self.start()


def mend_settings(machines: Sequence[Host], cloud: Cloud) -> None:
    """Restart what counts partitions otherwise, or declares the feeds as they were before."""
    for process in (machine.process for machine in machines):
        feeds = process.roles.feeds.domain.feeds
        if process.calls.partitions != PARTITIONS or feeds != cloud.domain.feeds:
            process.crash()
