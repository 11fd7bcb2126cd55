"""The deadline: what becomes of a stream that waits when its time has come, once or again and again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.kernel.commands.request import CommandRequest
from shared.kernel.messages.commit import Commit, Metadata, timestamp
from shared.kernel.messages.derived_id import derived_id, fact_id, reaction_name
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.folding import caught_up
from shared.kernel.views.listing import Scalar
from shared.kernel.views.view import Row, View

NOTHING = timedelta()
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Start:
    """When the time of a stream has come, and the event that it goes back to."""

    moment: datetime
    event_id: str
    commit: Commit


@dataclass(frozen=True, slots=True)
class Deadline:
    """Sends a command without fields to a stream while its row waits, once its time has come.

    Mostly it is a process command; one with a route may be sent as well, and `allow` is not asked then.

    A row waits while its fields hold the values of `waiting`. Its time comes `after` the last event of the kind
    `since`: one of the view's category, or the base of several, and none that the deadline itself has caused; or
    `before` the moment in the field `at` (fields are named as in JSON; a row whose field is null has no deadline).
    With `every` the command is sent again while the row waits, `times` in all, each under an id of its own; what
    was missed is not made up for.
    """

    name: str
    view: View[Any]
    waiting: Mapping[str, Scalar]
    command: type[Command]
    since: type[Event] | None = None
    after: timedelta = NOTHING
    at: str = ""
    before: timedelta = NOTHING
    every: timedelta | None = None
    times: int = 1

    def may_be_due(self, row: Row, now: datetime) -> bool:
        """Tell, from a row alone, whether it is worth to look into its stream: there a time that is none parks."""
        try:
            moment = self._moment(row)
        except (TypeError, ValueError):
            return True
        return not self.at or (moment is not None and self._number(self._ahead(moment), now) > 0)

    def told_under(self, row: Row, now: datetime) -> Sequence[str]:
        """Give the id under which a stream was told already, if that follows from its row alone."""
        moment = self._moment(row)
        if moment is None:
            return ()
        stream, number = StreamName.parse(row.at.stream), self._number(self._ahead(moment), now)
        return (self._id_at(stream, moment, number),)

    def has_seen(self, row: Row, tail: Sequence[Commit]) -> bool:
        """Tell whether the last commits of a stream say all that there is to know about a row."""
        is_whole = bool(tail) and tail[0].first <= row.version + 1
        return is_whole and (self.since is None or self._begun(tail) is not None)

    def request(self, row: Row, tail: Sequence[Commit], now: datetime) -> CommandRequest | None:
        """Make the command that is due for a stream, the same for whoever looks; None where none is (any more).

        The row may be behind the last commits of its stream: they decide.
        """
        current = caught_up(self.view, row, tail)
        start = self._start(current, tail) if self._waits(current) else None
        number = 0 if start is None else self._number(start.moment, now)
        if start is None or not number:
            return None
        stream, moment = StreamName.parse(row.at.stream), self._moment(current)
        if moment is None:
            key = "" if number == 1 else str(number)
            command_id = derived_id(start.event_id, self.name, stream, key)
        else:
            command_id = self._id_at(stream, moment, number)
        if any(commit.command_id == command_id for commit in tail):
            return None
        cause, actor = start.commit.metadata, reaction_name(self.name)
        metadata = Metadata(
            correlation_id=cause.correlation_id,
            causation_id=start.event_id,
            traceparent=cause.traceparent,
            tracestate=cause.tracestate,
            actor=actor,
        )
        return CommandRequest(stream, self.command(), command_id, metadata)

    def _waits(self, row: Row) -> bool:
        return all(row.data.get(field) == value for field, value in self.waiting.items())

    def _moment(self, row: Row) -> datetime | None:
        value = row.data.get(self.at) if self.at else None
        if value is None:
            return None
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _ahead(self, moment: datetime) -> datetime:
        return _moved(moment, -self.before)

    def _number(self, start: datetime, now: datetime) -> int:
        """Count which time it is that the command is due, 0 for none so far."""
        if now < start:
            return 0
        return 1 if self.every is None else min((now - start) // self.every + 1, self.times)

    def _id_at(self, stream: StreamName, moment: datetime, number: int) -> str:
        # By the moment and no event: whoever looks sees another tail. What is put off is another occasion.
        occasion = timestamp(moment) if number == 1 else f"{timestamp(moment)} {number}"
        return fact_id(self.name, stream, occasion)

    def _start(self, row: Row, tail: Sequence[Commit]) -> _Start | None:
        moment = self._moment(row)
        if moment is None:
            return self._begun(tail)
        last = tail[-1]
        return _Start(self._ahead(moment), f"{last.stream}@{last.version}", last)

    def _begun(self, tail: Sequence[Commit]) -> _Start | None:
        """Find the last event of the kind from which on it waits."""
        types, own = self.view.category.event_types, reaction_name(self.name)
        for commit in reversed(tail):
            # What it has caused itself sets no clock back: it would be told again for ever.
            if commit.metadata.actor == own:
                continue
            for version in range(commit.version, commit.first - 1, -1):
                type_ = types.get(commit.events[version - commit.first].type)
                if self.since is not None and type_ is not None and issubclass(type_, self.since):
                    begun = datetime.fromisoformat(commit.time)
                    return _Start(_moved(begun, self.after), f"{commit.stream}@{version}", commit)
        return None


def _moved(moment: datetime, by: timedelta) -> datetime:
    """Move a moment, as far as there are years: what a row names may be the first day of them, or the last."""
    try:
        return moment + by
    except OverflowError:
        return _LAST if by > NOTHING else _FIRST
