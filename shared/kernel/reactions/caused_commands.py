"""Reactions: what an event of the log causes in a domain, as commands that know their ids."""

from collections.abc import Iterator
from typing import Any

from shared.kernel.commands.outcome import Outcome, Refused
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import ReactionFailed
from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.derived_id import reaction_name
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.message import Event, type_name
from shared.kernel.reactions.policy import Policy
from shared.kernel.reactions.receptor import Receptor

type Reacting = Receptor[Any] | Policy[Any, Any]


def event_of(domain: Domain, envelope: Envelope) -> Event:
    """Read the event in an envelope; raises InvalidMessage, and UnknownMessage for one of no category."""
    category = domain.category(envelope.stream.category)
    return category.decode(envelope.type, envelope.schema_number, envelope.data)


def commands(reacting: Reacting, envelope: Envelope, event: Event) -> Iterator[CommandRequest]:
    """Give the commands that one receptor or policy makes of an event: the same each time, under the same ids."""
    metadata = Metadata(
        correlation_id=envelope.correlationid,
        causation_id=envelope.id,
        traceparent=envelope.traceparent,
        tracestate=envelope.tracestate,
        actor=reaction_name(reacting.name),
    )
    for reaction in reacting.reactions(envelope.stream, event):
        id_ = reacting.identify(envelope.id, reaction)
        yield CommandRequest(reaction.target, reaction.command, id_, metadata)


def caused(domain: Domain, envelope: Envelope) -> Iterator[CommandRequest]:
    """Give everything that an event causes, in the order in which the domain names it; raises as `event_of`."""
    event = event_of(domain, envelope)
    for reacting in domain.reactions:
        if type(event) is reacting.event:
            yield from commands(reacting, envelope, event)


def unrefused(request: CommandRequest, outcome: Outcome) -> Outcome:
    """Returns what a caused command came to; raises ReactionFailed for a refusal: nobody else would hear of it."""
    if isinstance(outcome, Refused):
        command, sentence = type_name(type(request.command)), outcome.refusal.sentence
        raise ReactionFailed(f"{command} to {request.stream} was refused: {sentence}")
    return outcome
