"""The way from one host to the cloud: every call takes a while, may fail, may be the host's last."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.kernel.errors import OutcomeUnknown, StoreError, StoreThrottled, StoreUnavailable
from shared.kernel.ports import Appended, Collided, FeedPage, Found, StoredRow
from tests.simulation.weather import Weather


@dataclass
class Calls:
    """The way from one host to the cloud."""

    host: str
    weather: Weather
    crash: Callable[[], None]
    alive: bool = True

    async def call[T](
        self, name: str, effect: Callable[[], Awaitable[T]], failed: Callable[[str], Exception]
    ) -> T:
        """Carry out an effect: before it and behind it time passes, and anything may happen."""
        await self._pass(f"before {name}")
        if self.weather.strikes(f"{name} failed before", self.weather.badness(name)):
            self.tell(f"{name} fails before its effect")
            raise failed("before")
        result = await effect()
        self.tell(f"{name} -> {_short(result)}")
        await self._pass(f"behind {name}")
        if self.weather.strikes(f"{name} failed behind", self.weather.failures):
            self.tell(f"{name} fails behind its effect")
            raise failed("behind")
        return result

    async def _pass(self, where: str) -> None:
        if self.weather.strikes(f"crash {where}", self.weather.crashes):
            self.tell(f"crashes {where}")
            self.crash()
        # A stalled host goes on as if nothing had happened: others have had its work meanwhile.
        stalled = self.weather.strikes("stall", self.weather.stalls)
        await asyncio.sleep(
            self.weather.dice.uniform(0.3, 2.0) if stalled else self.weather.dice.expovariate(200.0)
        )
        if not self.alive:
            # A dead host does nothing any more, whatever its code would still do.
            await self.weather.never.wait()

    def tell(self, what: str) -> None:
        """Note what happens."""
        now = asyncio.get_running_loop().time()
        self.weather.trace.append(f"{now:9.4f} {self.host} {what}")


def store_failed(calls: Calls) -> Callable[[str], Exception]:
    """Choose what a read of the store fails with: both may pass."""

    def choose(_where: str) -> StoreError:
        throttled = calls.weather.dice.random() < 0.5
        return StoreThrottled("throttled") if throttled else StoreUnavailable("no answer")

    return choose


def unknown(_where: str) -> Exception:
    """Leave open whether a write happened."""
    return OutcomeUnknown("no answer")


def _short(result: object) -> str:
    match result:
        case Found(commits=commits):
            return f"{len(commits)} commits"
        case StoredRow(row=row):
            return f"version {row.version}"
        case FeedPage(items=items):
            return f"{len(items)} items"
        case list():
            return f"{len(result)}"
        case Appended() | Collided():
            return type(result).__name__
        case _:
            return str(result)
