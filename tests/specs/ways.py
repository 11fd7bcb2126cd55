"""The ways to hold a spec: against the decider, the service on memory twins, the reactions, the enrichers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from consumers.projections import Projections
from consumers.reaction_handlers import event_processor
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryParking, MemoryRows
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.category import Category, record
from shared.kernel.commands.context import Context
from shared.kernel.commands.decider import Decision, Refusal, check_decision
from shared.kernel.commands.dispatcher import Handler, dispatcher
from shared.kernel.commands.outcome import Accepted, Forbidden, Outcome, Refused
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit, Metadata
from shared.kernel.messages.derived_id import derived_id
from shared.kernel.messages.envelope import encode_all, envelopes
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.notification import notification
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Log
from shared.kernel.reactions.caused_commands import caused
from shared.kernel.reactions.enricher import Enricher
from shared.kernel.views.view import Row
from tests.active import domain_of
from tests.consumers.worlds import now
from tests.kernel.asking import NOON, at_noon, no_pause
from tests.specs.seen import parked
from tests.specs.spec import FORBIDDEN, Reaction, Spec, Told, compared
from tests.specs.twice import delivered_twice


def category_of(command: type[Command]) -> Category:
    """Find the category that knows a command."""
    categories = domain_of(command).categories
    known = (c for c in categories if command in (*c.commands, *c.process_commands))
    return next(known)


def by_decider(spec: Spec) -> list[str]:
    """Hold a spec against the pure decider."""
    return compared(spec, decided(spec, category_of(type(spec.when))))


def decided(spec: Spec, category: Category) -> Decision[Any]:
    """Decide behind what is given as a spec asks for it, if that is allowed."""
    context = Context(spec.at or at_noon(), spec.by, "when")
    state = category.decider.fold(category.decider.initial_state, spec.given)
    routed = type(spec.when) in category.commands
    if category.allow and routed and not category.allow(spec.by, spec.when, state):
        return Refusal(FORBIDDEN, "")
    decision = category.decider.decision(spec.when, state, context)
    check_decision(category.name, spec.when, decision)
    return decision


async def by_service(spec: Spec) -> list[str]:
    """Hold a spec against the application service: every command and every event comes twice, with one effect."""
    category = category_of(type(spec.when))
    stream = StreamName(category.name, "spec")
    store = MemoryEventStore()
    for commit in history(stream, spec.given):
        await store.append([commit])
    at = spec.at or at_noon()
    routed = type(spec.when) in category.commands
    id_ = "when" if routed else derived_id("given-1@1", "spec", stream, "")
    metadata = Metadata(correlation_id=id_, causation_id=id_, actor=spec.by)
    request = CommandRequest(stream, spec.when, id_, metadata)
    service = ApplicationService(category, store, lambda: at, no_pause)
    first, again = await service.handle(request), await service.handle(request)
    found = compared(spec, _decision(category, first))
    if _decision(category, again) != _decision(category, first):
        found.append(f"sent again, the command came to {again}")
    domain = domain_of(type(spec.when))
    found += await replayed(domain, store.written)
    return found + await delivered_twice(domain, store.written)


def history(stream: StreamName, given: Sequence[Event]) -> list[Commit]:
    """Write given events as commits, one each."""
    return [
        Commit(
            stream=str(stream),
            version=version,
            command_id=f"given-{version}",
            command_digest="0" * 64,
            events=(record(event),),
            metadata=Metadata(f"given-{version}", f"given-{version}"),
            time=NOON,
        )
        for version, event in enumerate(given, start=1)
    ]


async def replayed(domain: Domain, commits: Sequence[Commit]) -> list[str]:
    """Views that are brought up event by event, twice each, equal those that are rebuilt at once."""
    bodies = [body for commit in commits for body in encode_all(commit)]
    live, held = await _views(domain, commits, [[body] for body in bodies for _ in range(2)])
    rebuilt, _ = await _views(domain, commits, [bodies])
    found = [] if live == rebuilt else [f"live, the views are {live}, rebuilt {rebuilt}"]
    return [*held, *found]


async def _views(
    domain: Domain, commits: Sequence[Commit], batches: Sequence[Sequence[bytes]]
) -> tuple[list[Row], list[str]]:
    """Give the rows that come of batches, and say what is parked."""
    rows, log = MemoryRows(), MemoryLog(partitions=4)

    async def give_log() -> Log:
        return log

    store, parking = MemoryEventStore(), MemoryParking()
    for commit in commits:
        await store.append([commit])
    projections = Projections(domain.kept_views, rows, store, parking, give_log, now)
    for batch in batches:
        await projections.project(batch)
    return rows.all(), parked(parking)


def _decision(category: Category, outcome: Outcome) -> Decision[Any]:
    if isinstance(outcome, Refused):
        return outcome.refusal
    if isinstance(outcome, Forbidden):
        return Refusal(FORBIDDEN, "")
    if not isinstance(outcome, Accepted):
        return ()
    events = outcome.commit.events
    return tuple(category.decode(e.type, e.schema_number, e.data) for e in events)


def by_reactions(spec: Reaction) -> list[str]:
    """Hold what an event causes against the reactions of the domain, twice: the ids are the same."""
    recorded = record(spec.when)
    commit = replace(history(StreamName.parse(spec.of), [spec.when])[0], events=(recorded,))
    (envelope,) = envelopes(commit)
    first, again = (list(caused(domain_of(type(spec.when)), envelope)) for _ in range(2))
    got = [(str(request.stream), request.command) for request in first]
    found = [] if got == list(spec.then) else [f"expected {list(spec.then)}", f"got {got}"]
    if [request.command_id for request in first] != [request.command_id for request in again]:
        found.append("redelivered, the event causes commands of other ids")
    return found


async def by_event_processor(spec: Reaction) -> list[str]:
    """Hold the same where the event is broadcast and each command goes to its one handler, twice."""
    sent: list[CommandRequest] = []
    store = MemoryEventStore()

    def noted(handler: Handler) -> Handler:
        async def handle(request: CommandRequest) -> Outcome:
            sent.append(request)
            return await handler(request)

        return handle

    domain = domain_of(type(spec.when))
    processor = event_processor(
        domain, dispatcher(domain, store, at_noon, no_pause, noted), no_pause
    )
    (envelope,) = envelopes(history(StreamName.parse(spec.of), [spec.when])[0])
    await processor.process(envelope, spec.when)
    first, written = list(sent), len(store.written)
    await processor.process(envelope, spec.when)
    # What one event causes is caused side by side.
    got = sorted((str(request.stream), repr(request.command)) for request in first)
    wanted = sorted((stream, repr(command)) for stream, command in spec.then)
    found = [] if got == wanted else [f"expected {wanted}", f"got {got}"]
    new = store.written[written:]
    return [*found, f"redelivered, the event causes {new}"] if new else found


def by_enrichers(spec: Told) -> list[str]:
    """Hold what others are told against the enrichers of the domain, twice: told again, it is the same."""
    commit = history(StreamName.parse(spec.of), [spec.when])[0]
    (envelope,) = envelopes(commit)
    category = envelope.stream.category
    domain = domain_of(type(spec.when))
    first, again = (
        [
            notification(
                *(domain.public_type(one), one, envelope, spec.when),
                known(one, envelope.stream, spec),
            )
            for one in domain.enrichers
            if one.category.name == category
            and (type(spec.when), type(spec.then)) == (one.event, one.public)
        ]
        for _ in range(2)
    )
    got, wanted = [told.data for told in first], [spec.then.model_dump(mode="json")]
    found = [] if got == wanted else [f"expected {wanted}", f"got {got}"]
    return found if first == again else [*found, f"told again: {again}"]


def known(enricher: Enricher[Any, Any, Any], stream: StreamName, spec: Told) -> dict[str, Any]:
    """Give what an enricher finds in its view, as a spec tells it."""
    keys = enricher.keys(stream, spec.when)
    return {key: spec.known[key] for key in keys if key in spec.known}
