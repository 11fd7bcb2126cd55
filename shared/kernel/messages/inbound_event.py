"""Events of others: what they say, and the receptors that make commands of it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from shared.kernel.commands.category import Category
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.canonical import canonical
from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.derived_id import chain_id, derived_id, reaction_name
from shared.kernel.messages.json_forms import with_json_forms
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command
from shared.kernel.messages.trace_context import carried, well_formed
from shared.kernel.reactions.receptor import Reaction, checked


class OutsideData(BaseModel):
    """The data of somebody else's event: what we need of it; there may be more, today or tomorrow.

    Fields are named as in commands: `lamp_id` here is `lampId` there, and nothing else. Who writes it otherwise
    is read with `Field(alias="lamp_id")`. A number is read as `int` or `float`, because a Decimal is a text here
    too: `Decimal(str(data.amount))` makes one of 12.5. What is nested is OutsideData as well.
    """

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        strict=True,
        allow_inf_nan=False,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return with_json_forms(handler(source), handler)


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """What somebody else says has happened; source and id together name it for ever."""

    source: str
    id: str
    type: str
    data: Any
    traceparent: str | None = None
    tracestate: str | None = None

    @property
    def key(self) -> str:
        """Tell it from every other event of every other source."""
        return f"{self.source} {self.id}"

    @property
    def digest(self) -> str:
        """Tell what it says from everything else that may come under its key, whichever way it comes."""
        said = json.dumps([self.type, canonical(self.data)], separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class InboundReceptor[D: OutsideData]:
    """Bound to one type of event of others; event → command, or none.

    `react` is given the data of the event, and neither its source nor its id. `name` is part of every id that it
    causes: it stays as it is, wherever the code moves.
    """

    name: str
    event_type: str
    data: type[D]
    target: Category
    command: type[Command]
    react: Callable[[D], Iterable[Reaction]]

    def commands(self, event: InboundEvent) -> Iterator[CommandRequest]:
        """Give the commands that an event causes, under the same ids each time; raises InvalidMessage."""
        try:
            data = read(self.data, event.data, by_name=False)
        except InvalidMessage as error:
            raise InvalidMessage(f"{event.type} {event.key}: {error}") from error
        for reaction in checked(self.name, self.target, self.command, self.react(data)):
            id_ = derived_id(event.key, self.name, reaction.target, reaction.key)
            # What follows from an event of others begins with it; all hear of the chain, and only we of the cause.
            chain = chain_id(event.source, event.id)
            traceparent, actor = well_formed(event.traceparent), reaction_name(self.name)
            state = carried(event.tracestate, traceparent)
            metadata = Metadata(chain, event.key, traceparent, actor, tracestate=state)
            yield CommandRequest(reaction.target, reaction.command, id_, metadata)
