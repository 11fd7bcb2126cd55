"""What the business promises, by plain arithmetic over the events: no decider is asked, none is trusted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.kernel.commands.outcome import Refused
from shared.kernel.messages.commit import Commit, RecordedEvent
from tests.simulation.deployments import EXPIRY
from tests.simulation.levels import Level, level_of
from tests.simulation.told import Told

LOOKS = timedelta(seconds=12)
"""So long it takes at most, in calm weather, until somebody has looked at all that waits, and called it off.

Whoever looks goes on where the last one came to, so it may take two rounds.
"""

OVER = {"OrderConfirmed", "OrderRejected", "OrderCancelled", "OrderShipped"}
ANSWERS = {"StockReserved", "ReservationDeclined"}
HEARS = {"ReservationRecorded", "LateReservationRecorded"}
GONE = {"DispatchRecorded", "OrderShipped", "DispatchConflict"}

type Events = Sequence[RecordedEvent]


def unbusinesslike(commits: Sequence[Commit], told: Told) -> list[str]:
    """Name every refusal, decline, crossing and expiry that the events do not bear out, and those that lack."""
    streams = _by_stream(commits)
    wrong = list(_refusals(streams, told))
    for stream, own in streams.items():
        if stream.startswith("item-"):
            wrong += [*_declines(own), *_crossings(own), *_requests(streams, own)]
        if stream.startswith("order-"):
            wrong += [*_rejections(streams, own), *_expiries(own), *_unheard(streams, own)]
    return wrong


def overdue(commits: Sequence[Commit], now: datetime) -> list[str]:
    """Name the orders that wait, and should have been called off by now."""
    return [
        f"{stream} has waited since {_placed(own)}, and nobody has called it off"
        for stream, own in _by_stream(commits).items()
        if _waits(_events(own)) and _placed(own) < now - EXPIRY - LOOKS
    ]


def _by_stream(commits: Sequence[Commit]) -> Mapping[str, list[Commit]]:
    streams: dict[str, list[Commit]] = defaultdict(list)
    for commit in sorted(commits, key=lambda commit: commit.version):
        streams[commit.stream].append(commit)
    return streams


def _events(commits: Sequence[Commit]) -> list[RecordedEvent]:
    return [event for commit in commits for event in commit.events]


def _placed(commits: Sequence[Commit]) -> datetime:
    """Tell when an order was placed: whatever has come since sets no clock back."""
    return next(_time(one) for one in commits if any(e.type == "OrderPlaced" for e in one.events))


def _time(commit: Commit) -> datetime:
    return datetime.fromisoformat(commit.time)


def _refusals(streams: Mapping[str, Sequence[Commit]], told: Told) -> Iterator[str]:
    for (stream, key), outcome in told.answers():
        if isinstance(outcome, Refused):
            events = _events(streams.get(stream, ()))[: outcome.version]
            asked = told.asked[stream, key].model_dump(mode="json")
            if not _has_reason(outcome.refusal.code, asked, events):
                code = outcome.refusal.code
                yield f"{stream}@{outcome.version}: {key} was refused for no reason: {code}"


def _has_reason(code: str, asked: Mapping[str, Any], events: Events) -> bool:
    level, types = level_of(events), {event.type for event in events}
    held = level.held.get(asked.get("reservationId", ""))
    reasons = {
        "item-unknown": not level.registered,
        "item-registered-already": level.registered,
        "item-discontinued": level.discontinued,
        "not-enough-stock": asked.get("quantity", 0) > level.available,
        "reservation-differs": held is not None and held != asked.get("quantity"),
        "reservation-unknown": held is None,
        "stock-is-reserved": level.available + asked.get("quantity", 0) < 0,
        "order-unknown": "OrderPlaced" not in types,
        "order-placed-already": "OrderPlaced" in types,
        "order-rejected": "OrderRejected" in types,
        "order-dispatched": bool(types & GONE),
    }
    return bool(reasons.get(code, False))


def _declines(commits: Sequence[Commit]) -> Iterator[str]:
    level = Level()
    for event in _events(commits):
        if event.type == "ReservationDeclined":
            id_, wanted, reason = (event.data[n] for n in ("reservationId", "quantity", "reason"))
            reasons = {
                "reservation-ended": id_ in level.ended,
                "item-unknown": not level.registered,
                "item-discontinued": level.discontinued,
                "not-enough-stock": wanted > level.available,
            }
            if not reasons.get(reason, False):
                has = f"{wanted} wanted, {level.available} available"
                yield f"{commits[0].stream}: {id_} was declined for no reason: {reason}, {has}"
        level.add(event)


def _crossings(commits: Sequence[Commit]) -> Iterator[str]:
    """Compare what the item said of its shortages with what its stock says, commit by commit."""
    level = Level()
    for commit in commits:
        was = level.registered, level.low, level.short, level.shortages
        for event in commit.events:
            level.add(event)
        said = [
            f"{event.type} {event.data.get('shortage', '')}".strip()
            for event in commit.events
            if event.type in {"StockRanLow", "ShortageEnded"}
        ]
        expected = _crossing(was, level)
        if said != expected:
            place = f"{commit.stream}@{commit.version}"
            yield f"{place}: of its shortages it said {said}, and not {expected}"


def _crossing(was: tuple[bool, bool, bool, int], level: Level) -> list[str]:
    registered, low, short, shortages = was
    if short and not level.low:
        return ["ShortageEnded"]
    return [f"StockRanLow {shortages + 1}"] if registered and level.low and not low else []


def _requests(streams: Mapping[str, Sequence[Commit]], commits: Sequence[Commit]) -> Iterator[str]:
    """What ran low is requested; a later shortage may overtake an earlier one, and no other is made up."""
    stream = commits[0].stream.replace("item-", "replenishment-")
    requests = [event.data["shortage"] for event in _events(streams.get(stream, ()))]
    shortages = level_of(_events(commits)).shortages
    if shortages != max(requests, default=0) or len(requests) > shortages:
        yield f"{stream}: {shortages} shortages began, and requested are {requests}"


def _rejections(
    streams: Mapping[str, Sequence[Commit]], commits: Sequence[Commit]
) -> Iterator[str]:
    stream, declined = commits[0].stream, False
    for event in _events(commits):
        if event.type == "DeclineRecorded":
            declined, sku, reason = True, event.data["sku"], event.data["reason"]
            line = f"{stream.removeprefix('order-')}/{sku}"
            if (line, reason) not in _declined(streams.get(f"item-{sku}", ())):
                yield f"{stream}: item-{sku} never declined {line} because of {reason}"
        if event.type == "OrderRejected" and not declined:
            yield f"{stream} was rejected, and no line was declined"


def _declined(commits: Sequence[Commit]) -> set[tuple[str, str]]:
    events = [event for event in _events(commits) if event.type == "ReservationDeclined"]
    return {(event.data["reservationId"], event.data["reason"]) for event in events}


def _unheard(streams: Mapping[str, Sequence[Commit]], commits: Sequence[Commit]) -> Iterator[str]:
    """Every line is asked for and answered, and its order hears of what is held, whatever became of it by then."""
    stream, events = commits[0].stream, _events(commits)
    lines = [one for event in events if event.type == "OrderPlaced" for one in event.data["lines"]]
    heard = {event.data["sku"] for event in events if event.type in HEARS}
    for sku in (line["sku"] for line in lines):
        reservation = f"{stream.removeprefix('order-')}/{sku}"
        said = {
            event.type
            for event in _events(streams.get(f"item-{sku}", ()))
            if event.data.get("reservationId") == reservation
        }
        if not said & ANSWERS:
            yield f"{stream}: item-{sku} never answered for {reservation}"
        if "StockReserved" in said and sku not in heard:
            yield f"{stream} never heard that item-{sku} holds {reservation}"


def _expiries(commits: Sequence[Commit]) -> Iterator[str]:
    """Whoever calls an order off names the version behind which it waited for too long."""
    for number, commit in enumerate(commits):
        expired = [one for one in commit.events if one.data.get("reason") == "expired"]
        if not expired:
            continue
        if not _waits(_events(commits[:number])):
            yield f"{commit.stream}@{commit.first} expired, and it did not wait any more"
        version = int(commit.metadata.causation_id.rpartition("@")[2])
        waited = _time(commit) - _time(next(one for one in commits if one.version >= version))
        if waited < EXPIRY:
            yield f"{commit.stream}@{commit.first} expired after {waited}"


def _waits(events: Events) -> bool:
    types = {event.type for event in events}
    return "OrderPlaced" in types and not types & OVER
