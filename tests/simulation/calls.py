"""The way from one host to the cloud: every call takes a while, may fail, may be the host's last."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.kernel.errors import OutcomeUnknown, StoreError, StoreThrottled, StoreUnavailable
from shared.kernel.ports import Appended, Collided, FeedPage, Found, StoredRow
from tests.simulation.cloud import PARTITIONS
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather

SLOW, LONGEST = 0.25, 0.02
"""So often others come in between, before an effect and behind it, for so many virtual seconds at most."""


@dataclass
class Calls:
    """The way from one host to the cloud; so many `partitions` the settings of the host say a hub has."""

    host: str
    weather: Weather
    crash: Callable[[], None]
    alive: bool = True
    older: bool = False
    partitions: int = PARTITIONS

    async def call[T](
        self, name: str, effect: Callable[[], Awaitable[T]], failed: Callable[[bool], Exception]
    ) -> T:
        """Carry out an effect: before it and behind it time passes, and anything may happen.

        `failed` is told whether the effect has happened.
        """
        fate = self.weather.fate(self.host, name)
        await self._pass(fate, "before")
        if fate == "failed before":
            raise failed(False)
        result = await effect()
        if self.weather.tells:
            self.tell(f"{name} -> {_short(result)}")
        await self._pass(fate, "behind")
        if fate == "failed behind":
            raise failed(True)
        return result

    async def _pass(self, fate: str, when: str) -> None:
        dice = self.weather.dice
        if fate == f"crash {when}":
            self.crash()
        elif fate == f"stall {when}":
            # A stalled host goes on as if nothing had happened: others have had its work meanwhile.
            await sleep(dice.uniform(0.3, 2.0))
        elif dice.random() < SLOW:
            await sleep(dice.random() * LONGEST)
        if not self.alive:
            # A dead host does nothing any more, whatever its code would still do.
            await self.weather.never.wait()

    def tell(self, what: str) -> None:
        """Note what happens."""
        self.weather.tell(self.host, what)


def store_failed(calls: Calls) -> Callable[[bool], Exception]:
    """Choose what a read of the store fails with: both may pass."""

    def choose(_happened: bool) -> StoreError:  # noqa: FBT001 - as `call` asks
        throttled = calls.weather.dice.random() < 0.5
        return StoreThrottled("throttled") if throttled else StoreUnavailable("no answer")

    return choose


def append_failed(calls: Calls) -> Callable[[bool], Exception]:
    """Choose what an append fails with: only what has not happened can be known not to have."""

    def choose(happened: bool) -> StoreError:  # noqa: FBT001 - as `call` asks
        throttled = not happened and calls.weather.dice.random() < 0.5
        return StoreThrottled("throttled") if throttled else OutcomeUnknown("no answer")

    return choose


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
