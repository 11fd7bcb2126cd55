"""What leads to what, for Mermaid: what commands come to is drawn from the specs, the rest from the domain."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from shared.kernel.domain import Domain
from shared.kernel.messages.message import type_name
from shared.kernel.reactions.deadline import Deadline
from tests.specs.spec import Spec


def graph(domain: Domain, specs: Iterable[Spec]) -> str:
    """Draw events round, views as drums, what others tell as flags, what they are told as slanted boxes."""
    edges = dict.fromkeys([*_decided(specs), *_seen(domain), *_caused(domain), *_told(domain)])
    return "".join(f"{line}\n" for line in ("flowchart LR", *(f"  {edge}" for edge in edges)))


def _decided(specs: Iterable[Spec]) -> Iterator[str]:
    for spec in specs:
        for event in spec.then if not isinstance(spec.then, str) else ():
            name = type_name(type(event))
            yield f"{type_name(type(spec.when))} --> {name}([{name}])"


def _seen(domain: Domain) -> Iterator[str]:
    for view in domain.views:
        for event in [one for category in view.categories for one in category.events]:
            yield f"{type_name(event)} --> {view.name}[({view.name})]"


def _caused(domain: Domain) -> Iterator[str]:
    for one in domain.reactions:
        yield f"{type_name(one.event)} -.->|{one.name}| {type_name(one.command)}"
    for receptor in domain.inbound:
        outside = f'{_id(receptor.event_type)}>"{receptor.event_type}"]'
        yield f"{outside} -.->|{receptor.name}| {type_name(receptor.command)}"
    for deadline in domain.deadlines:
        waited = f'"{deadline.name}, {_when(deadline)}"'
        yield f"{deadline.view.name} -.->|{waited}| {type_name(deadline.command)}"


def _told(domain: Domain) -> Iterator[str]:
    for enricher in domain.enrichers:
        public = domain.public_type(enricher)
        name = type_name(enricher.event)
        yield f'{name} ==>|{enricher.name}| {_id(public)}[/"{public}"/]'


def _id(type_: str) -> str:
    return type_.replace(".", "_").replace("-", "_")


def _when(deadline: Deadline) -> str:
    if deadline.since is None:
        return f"{_minutes(deadline.before)} before {deadline.at}"
    return f"{_minutes(deadline.after)} after {type_name(deadline.since)}"


def _minutes(time: timedelta) -> str:
    return f"{time / timedelta(minutes=1):g} min"
