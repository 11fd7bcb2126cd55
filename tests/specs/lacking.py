"""Which specs a business lacks, a sentence each: together they name everything that it knows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from shared.kernel.commands.category import Category
from shared.kernel.domain import Domain
from shared.kernel.messages.message import type_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.deadline import Deadline
from tests.specs.refusals import codes, refused
from tests.specs.spec import Flow, Heard, Reaction, Spec, Told
from tests.specs.ways import category_of


def lacking_in(
    domain: Domain,
    reactions: Sequence[Reaction],
    told: Sequence[Told],
    flows: Sequence[Flow],
    inbound: Sequence[Heard],
) -> Iterator[str]:
    """Name the reactions, public events, views and events of others without a spec."""
    causing = {type(spec.when) for spec in reactions if spec.then}
    for one in domain.reactions:
        if one.event not in causing:
            yield f"REACTIONS: no Reaction says what {type_name(one.event)} causes ('{one.name}')"
    public = {(type(spec.when), type(spec.then)) for spec in told}
    for enricher in domain.enrichers:
        if (enricher.event, enricher.public) not in public:
            names = type_name(enricher.public), type_name(enricher.event)
            yield f"TOLD: no Told says what {names[0]} tells others of {names[1]}"
    shown = {view for flow in flows for view, _ in flow.shown}
    for view in domain.views:
        if view.name not in shown:
            yield f"FLOWS: no Flow says in `shown` what a row of the view '{view.name}' comes to"
    heard = {spec.heard.type for spec in inbound if spec.then}
    for receptor in domain.inbound:
        if receptor.event_type not in heard:
            yield f"INBOUND: no Heard says what {receptor.event_type} comes to ('{receptor.name}')"


def lacking_of(category: Category, specs: Sequence[Spec]) -> Iterator[str]:
    """Name the commands, events and refusals of a category without a spec, and what must not be refused."""
    own = [spec for spec in specs if category_of(type(spec.when)).name == category.name]
    asked = {type(spec.when) for spec in own}
    for command in (*category.commands, *category.process_commands):
        if command not in asked:
            yield f"SPECS: no Spec has {type_name(command)} of '{category.name}' in `when`"
    come = {type_name(type(e)) for spec in own if not isinstance(spec.then, str) for e in spec.then}
    for event in category.events:
        if type_name(event) not in come:
            yield f"SPECS: no Spec has {type_name(event)} of '{category.name}' in `then`"
    named = {(type(spec.when), spec.then) for spec in own if isinstance(spec.then, str)}
    for command, code in sorted(refused(category, specs) - named, key=str):
        if command in category.commands:
            yield f"SPECS: no Spec refuses {type_name(command)} of '{category.name}' with '{code}'"
        else:
            yield (
                f"decide: {type_name(command)} of '{category.name}' is refused with '{code}', and only events"
                " cause it: it may come in any state, so let it come to no events there"
            )


def lacking_end(deadline: Deadline, specs: Sequence[Spec], flows: Sequence[Flow]) -> Iterator[str]:
    """Say so if no flow ends by a deadline."""
    ends = {
        type(event)
        for spec in specs
        if type(spec.when) is deadline.command and not isinstance(spec.then, str)
        for event in spec.then
    }
    category = deadline.view.category.name
    ended = [
        {event if isinstance(event, type) else type(event) for event in events}
        for flow in flows
        if flow.late
        for stream, events in flow.then.items()
        if StreamName.parse(stream).category == category
    ]
    if not any(one & ends for one in ended):
        yield (
            f"FLOWS: no Flow with late=True has in `then` what the deadline '{deadline.name}' leads to"
            f" ({', '.join(sorted(map(type_name, ends))) or f'no Spec has {type_name(deadline.command)}'})"
        )


def lacking_refusals(source: Path, specs: Sequence[Spec]) -> Iterator[str]:
    """Name the refusals that the source of a business knows, and no spec."""
    for code in sorted(codes(source) - {spec.then for spec in specs if isinstance(spec.then, str)}):
        yield f"SPECS: no Spec is refused with '{code}'"
