"""A spec is data: given events, when a command (or an event), then events, or a refusal, or commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from shared.kernel.commands.decider import Decision, Refusal
from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.messages.message import Command, Event, Message, PublicEvent, type_name


@dataclass(frozen=True)
class Spec:
    """One sentence of the business: given events, when a command, then events, or a refusal by its code.

    `by` says who asks, and `at` when it is decided: noon of 2026-11-23 (UTC), if nothing is said. Where the
    category does not allow it, `then` is FORBIDDEN.
    """

    title: str
    given: Sequence[Event]
    when: Command
    then: Sequence[Event] | str
    at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True)
class Reaction:
    """What an event of the stream `of` causes: commands, each with its stream. A list of none causes nothing."""

    title: str
    of: str
    when: Event
    then: Sequence[tuple[str, Command]]


FORBIDDEN = "forbidden"
BEFORE_REACTIONS: Final = "before the reactions hear of it"

type Then = Mapping[str, Sequence[Event | type[Event]]]
type Shown = Mapping[tuple[str, str], Mapping[str, Any]]
"""By view and key."""


@dataclass(frozen=True)
class Flow:
    """What a command leads to in the end, from the streams to the listeners of others, whatever fails on the way.

    `given` and `then` have events by stream, `when` is a stream and a command that is not refused. The given
    events happen at `at`, all of them in the order in which they stand; then all that they cause follows, in no
    order that counts, and stands in neither `given` nor `then`. Where a given event needs what another one has
    caused, as a payment needs the hold before it, give that as well. `then` is exact: every new event of every
    stream, as itself or as its class, `[Held(by="ann"), Lapsed]`; the log holds the same in the same order.
    `shown` has, by view and key, a part of a row's data, named as in JSON. `told` is exact too: the public
    events of each stream, as listeners of the topic hear them; of the feeds that list them others pull the same,
    in this order. `by` says who asks, and `at` when it is decided: noon of 2026-11-23 (UTC), if nothing is said.

    `polled` are events of others, in the order of their feed. It is polled when all of that has followed, and once
    more from its beginning; `then` and the rest say what that leads to, too. `feed` has, by the name of a feed,
    what a reader sees who follows its cursors: the public events of each stream, exact for each feed named.

    In a flow that is `late`, time passes when all of that has followed, until every deadline has passed that
    something waits for then: what one sends is decided at the moment when it is due. What begins to wait only
    because a deadline has passed is not waited for: it comes if it is due before the last of the others is. With
    BEFORE_REACTIONS in place of True, the reactions hear of the command only behind that.
    """

    title: str
    given: Mapping[str, Sequence[Event]]
    when: tuple[str, Command]
    then: Then
    shown: Shown
    told: Mapping[str, Sequence[PublicEvent]] = field(default_factory=dict)
    feed: Mapping[str, Mapping[str, Sequence[PublicEvent]]] = field(default_factory=dict)
    polled: Sequence[InboundEvent] = ()
    late: bool | Literal["before the reactions hear of it"] = False
    at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True)
class Heard:
    """What an event of others leads to, which comes three times, the last after the command `later` (if any).

    `then` is exact for the streams that it names; `later` is a stream and a command, which may be refused, and
    `by` says who sends it. No reaction runs before that, so the given events have caused nothing yet; without
    `later` none runs at all, for what follows is told by flows. `parked` is part of the error that an operator
    sees.
    """

    title: str
    given: Mapping[str, Sequence[Event]]
    heard: InboundEvent
    then: Then
    later: tuple[str, Command] | None = None
    parked: str = ""
    by: str | None = None


@dataclass(frozen=True)
class Told:
    """What others are told of an event of the stream `of`; `known` is what the enricher's view holds, by key."""

    title: str
    of: str
    when: Event
    then: PublicEvent
    known: Mapping[str, Message] = field(default_factory=dict)


def compared(spec: Spec, decision: Decision[Any]) -> list[str]:
    """Say what was decided otherwise than a spec wants; nothing, when it is the same."""
    if isinstance(spec.then, str):
        found = decision.code if isinstance(decision, Refusal) else f"events {decision}"
        return [] if found == spec.then else [f"expected refusal {spec.then!r}, got {found!r}"]
    if isinstance(decision, Refusal):
        return [f"expected {len(spec.then)} events, got refusal {decision.code!r}"]
    if list(decision) == list(spec.then):
        return []
    return [f"expected {list(spec.then)}", f"got {list(decision)}"]


def story(spec: Spec, found: Sequence[str] = ()) -> str:
    """Tell a spec, and what was found instead."""
    lines = [spec.title, "  given"]
    lines += [f"    {event!r}" for event in spec.given] or ["    nothing"]
    lines += ["  when", f"    {spec.when!r}{asked_how(spec)}", "  then", *_then(spec)]
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(found, start=1)]
    return "\n".join(lines)


def asked_how(spec: Spec | Flow) -> str:
    """Say who asks and when, where a spec does."""
    by = f" by {spec.by}" if spec.by else ""
    return f"{by} at {spec.at:%Y-%m-%d %H:%M:%S %Z}" if spec.at else by


def flow_story(flow: Flow, found: Sequence[str] = ()) -> str:
    """Tell a flow, and what was found instead."""
    lines = [flow.title, "  given (what these cause has happened, too)"]
    lines += [f"    {stream}: {event!r}" for stream in flow.given for event in flow.given[stream]]
    lines += ["  when", f"    {flow.when[0]}: {flow.when[1]!r}{asked_how(flow)}"]
    lines += ["  and a feed of others, polled, shows"] if flow.polled else []
    lines += [f"    {event.source} tells {event.type} {event.data}" for event in flow.polled]
    lines += ["  and", f"    every deadline passes{_before(flow)}"] if flow.late else []
    lines += ["  then"]
    lines += [f"    {stream}: {_named(one)}" for stream in flow.then for one in flow.then[stream]]
    lines += ["  then the log holds"]
    lines += [f"    {stream}: {_names(flow.then[stream])}" for stream in flow.then]
    lines += ["  then the views show"]
    lines += [f"    {view}/{key}: {dict(data)}" for (view, key), data in flow.shown.items()]
    lines += ["  then others are told"]
    lines += [f"    {stream}: {public!r}" for stream in flow.told for public in flow.told[stream]]
    lines += [] if flow.told else ["    nothing"]
    for name, streams in flow.feed.items():
        lines += [f"  then a reader of the feed '{name}' sees"]
        lines += [f"    {stream}: {public!r}" for stream in streams for public in streams[stream]]
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(found, start=1)]
    return "\n".join(lines)


def heard_story(spec: Heard, found: Sequence[str] = ()) -> str:
    """Tell what others told, and what was found instead of what should come of it."""
    lines = [spec.title, "  given"]
    lines += [f"    {stream}: {event!r}" for stream in spec.given for event in spec.given[stream]]
    lines += ["  when", f"    {spec.heard.source} tells {spec.heard.type} {spec.heard.data}"]
    lines += ["  and", f"    {spec.later[0]}: {spec.later[1]!r}"] if spec.later else []
    lines += ["  then"]
    lines += [f"    {stream}: {_named(one)}" for stream in spec.then for one in spec.then[stream]]
    lines += [f"    parked: {spec.parked}"] if spec.parked else []
    lines += ["    nothing"] if not spec.then and not spec.parked else []
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(found, start=1)]
    return "\n".join(lines)


def reaction_story(spec: Reaction, found: Sequence[str] = ()) -> str:
    """Tell what an event causes, and what was found instead."""
    lines = [spec.title, "  when", f"    {spec.of}: {spec.when!r}", "  then"]
    lines += [f"    {stream}: {command!r}" for stream, command in spec.then] or ["    nothing"]
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(found, start=1)]
    return "\n".join(lines)


def told_story(spec: Told, found: Sequence[str] = ()) -> str:
    """Tell what others are told of an event, and what was found instead."""
    lines = [spec.title, "  given"]
    lines += [f"    {key}: {row!r}" for key, row in spec.known.items()] or ["    nothing"]
    lines += ["  when", f"    {spec.of}: {spec.when!r}", "  then", f"    {spec.then!r}"]
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(found, start=1)]
    return "\n".join(lines)


def _before(flow: Flow) -> str:
    return f", {flow.late}" if flow.late == BEFORE_REACTIONS else ""


def _named(event: Event | type[Event]) -> str:
    return event.__name__ if isinstance(event, type) else repr(event)


def _names(events: Sequence[Event | type[Event]]) -> str:
    types = (event if isinstance(event, type) else type(event) for event in events)
    return ", ".join(map(type_name, types))


def _then(spec: Spec) -> list[str]:
    if isinstance(spec.then, str):
        return [f"    it is {'' if spec.then == FORBIDDEN else 'refused: '}{spec.then}"]
    return [f"    {event!r}" for event in spec.then] or ["    nothing"]
