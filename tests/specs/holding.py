"""Holds specs one by one: what came of each, by its title, though one of them raises."""

import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.kernel.errors import OnewriteError, leaves
from tests.specs.by_http import Held

BUSINESS: Final = "/shared/domain/"


@dataclass(frozen=True)
class Holding:
    """A spec by its title, how it is held, and how its story is told with what was found."""

    title: str
    hold: Callable[[], Awaitable[Sequence[str]]]
    story: Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Told:
    """What came of a spec."""

    title: str
    held: Held
    story: str


async def hold_all(holdings: Sequence[Holding]) -> list[Told]:
    """Hold each spec; what one of them raises is what was found of it, and what it logs stands behind that."""
    told = []
    for one in holdings:
        with _logged() as logged:
            try:
                found = await one.hold()
            except Exception as error:  # noqa: BLE001 - told under its title, and the others go on
                found = _raised(error)
        # What holds may have parked something on the way, as it should.
        found = [*found, *"\n".join(dict.fromkeys(logged)).splitlines()] if found else found
        told.append(Told(one.title, Held(found), one.story(found)))
    return told


def _raised(error: Exception) -> list[str]:
    """Say what was raised, and where, unless it is an error of ours, which says all that there is to know."""
    found = [f"raised {type(one).__name__}: {one}" for one in leaves(error)]
    if all(isinstance(one, OnewriteError) for one in leaves(error)):
        return found
    return [*found, *brief(error).splitlines()]


def brief(error: BaseException) -> str:
    """Show what was raised first, and the lines of the business that led there; all lines where there are none."""
    first = error
    while (before := first.__cause__ or first.__context__) is not None:
        first = before
    shown = traceback.TracebackException.from_exception(first)
    of_business = [one for one in shown.stack if BUSINESS in Path(one.filename).as_posix()]
    if not of_business:
        return "".join(traceback.format_exception(error)).rstrip()
    shown.stack = traceback.StackSummary.from_list(of_business)
    return "".join(shown.format(chain=False)).rstrip()


class _Kept(logging.Handler):
    """Keeps what is logged, with the brief form of what was raised."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__()
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[1] if record.exc_info else None
        self.kept.append(record.getMessage() + (f"\n{brief(raised)}" if raised else ""))


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Keep what is logged."""
    logged, root = list[str](), logging.getLogger()
    handler = _Kept(logged)
    root.addHandler(handler)
    try:
        yield logged
    finally:
        root.removeHandler(handler)


def lines(told: Sequence[Told], *, verbose: bool) -> Iterator[str]:
    """Give a line for each spec, and the stories of those that do not hold, or of all."""
    for one in told:
        yield _line(one)
        if verbose or one.held.found:
            yield f"\n{one.story}\n"
    differing = sum(bool(one.held.found) for one in told)
    left_out = sum(bool(one.held.left_out) for one in told)
    unseen = sum(bool(one.held.unseen) for one in told)
    parts = f", {left_out} are left out" if left_out else ""
    parts += f", {unseen} are held in part" if unseen else ""
    yield f"{len(told)} specs, {differing} do not hold{parts}."


def _line(one: Told) -> str:
    if one.held.found:
        return f"FAILS  {one.title}"
    if one.held.left_out:
        return f"skips  {one.title} (left out over HTTP: {one.held.left_out})"
    behind = f" (but for what is left out over HTTP: {one.held.unseen})" if one.held.unseen else ""
    return f"holds  {one.title}{behind}"
