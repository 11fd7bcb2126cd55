"""Declared types that are of another kind than is asked for there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.kernel.messages.inbound_event import OutsideData
from shared.kernel.messages.kinds import one_fault
from shared.kernel.messages.message import Command, Event, Message, PublicEvent

if TYPE_CHECKING:
    from shared.kernel.domain import Domain


def kind_faults(domain: "Domain") -> Iterator[str]:
    """Give a sentence for each type of another kind in what a domain declares beside its categories."""
    for view in domain.views:
        yield from one_fault(f"view '{view.name}'", "data_type", view.data_type, Message)
    for receptor in domain.receptors:
        here = f"receptor '{receptor.name}'"
        yield from one_fault(here, "event", receptor.event, Event)
        yield from one_fault(here, "command", receptor.command, Command)
    for policy in domain.policies:
        here = f"policy '{policy.name}'"
        yield from one_fault(here, "event", policy.event, Event)
        yield from one_fault(here, "fact", policy.fact, Event)
        yield from one_fault(here, "command", policy.command, Command)
    for deadline in domain.deadlines:
        here = f"deadline '{deadline.name}'"
        yield from one_fault(here, "command", deadline.command, Command)
        if deadline.since is not None:
            yield from one_fault(here, "since", deadline.since, Event)
    yield from _public_faults(domain)
    for inbound in domain.inbound:
        here = f"receptor '{inbound.name}'"
        yield from one_fault(here, "data", inbound.data, OutsideData)
        yield from one_fault(here, "command", inbound.command, Command)


def _public_faults(domain: "Domain") -> Iterator[str]:
    for enricher in domain.enrichers:
        here = f"enricher '{enricher.name}'"
        yield from one_fault(here, "event", enricher.event, Event)
        yield from one_fault(here, "public", enricher.public, PublicEvent)
    for feed in domain.feeds:
        for public in feed.events:
            yield from one_fault(f"feed '{feed.name}'", "events", public, PublicEvent)
