"""Reactions: what an event of the log causes in a domain, as commands that know their ids."""

from collections.abc import Iterator

from shared.kernel.commit import Metadata
from shared.kernel.derived_id import derived_id, fact_id
from shared.kernel.domain import Domain
from shared.kernel.envelope import Envelope
from shared.kernel.request import CommandRequest


def caused(domain: Domain, envelope: Envelope, time: str) -> Iterator[CommandRequest]:
    """Give what receptors and policies make of an event, in the order in which the domain names them.

    A pure function: the same event gives the same commands under the same ids. Raises InvalidMessage for an event
    that cannot be read, UnknownMessage for one of no category.
    """
    stream = envelope.stream
    category = domain.category(stream.category)
    event = category.decode(envelope.type, envelope.schema_number, envelope.data)
    metadata = Metadata(
        correlation_id=envelope.correlationid,
        causation_id=envelope.id,
        time=time,
        traceparent=envelope.traceparent,
    )
    for receptor in domain.receptors:
        if receptor.category.name == category.name and type(event) is receptor.event:
            for caused in receptor.reactions(stream, event):
                id_ = derived_id(envelope.id, receptor.name, caused.target, caused.key)
                yield CommandRequest(caused.target, caused.command, id_, metadata)
    for policy in domain.policies:
        if policy.category.name == category.name and type(event) is policy.event:
            for caused in policy.reactions(stream, event):
                id_ = fact_id(policy.name, caused.target, caused.key)
                yield CommandRequest(caused.target, caused.command, id_, metadata)
