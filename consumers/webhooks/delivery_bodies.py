"""What a delivery holds: one event or many, as CloudEvents (1.0.2, JSON) or in the schema of Event Grid."""

import base64
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from consumers.webhooks.cloudevent_modes import BATCH, STRUCTURED, binary, carried, is_binary
from consumers.webhooks.uris import is_reference, is_uri
from shared.adapters import telemetry
from shared.adapters.http.bodies import media_type, read_json
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.messages.trace_context import carried as tracestate
from shared.kernel.messages.trace_context import well_formed
from shared.kernel.validation_faults import told

# Both go into what is stored. Without spaces, a source cannot run into the id behind it.
Id = Annotated[str, Field(min_length=1, max_length=256)]
Source = Annotated[str, Field(pattern=r"^\S+$", max_length=512)]
Type = Annotated[str, Field(min_length=1)]


class _CloudEvent(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore")
    specversion: Literal["1.0"]
    id: Id
    source: Source
    type: Type
    # What nobody uses is not looked at: a time that is none is the sender's own business.
    dataschema: str | None = None
    datacontenttype: str | None = None
    traceparent: Any = None
    tracestate: Any = None
    data: Any = None
    data_base64: str | None = None

    def check(self) -> None:
        """Raise ValueError for an attribute that is not of its type (CloudEvents 1.0.2, section 3.1).

        Data stands in one member (JSON format 1.0.2, section 3.1).
        """
        if {"data", "data_base64"} <= self.model_fields_set:
            raise ValueError("data and data_base64 exclude each other")
        if not is_reference(self.source):
            raise ValueError("source: a URI reference is expected")
        if self.dataschema is not None and not is_uri(self.dataschema):
            raise ValueError("dataschema: an absolute URI is expected")

    def event(self) -> InboundEvent:
        data = self.data
        if self.data_base64 is not None:
            encoded = base64.b64decode(self.data_base64, validate=True)
            data = carried(self.datacontenttype, encoded)
        # What is no context of a trace is left out, and refuses nothing.
        traceparent = well_formed(_text(self.traceparent))
        state = tracestate(_text(self.tracestate), traceparent)
        admitted = telemetry.admitted(traceparent)
        return InboundEvent(self.source, self.id, self.type, data, admitted, state)


class _EventGridEvent(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", alias_generator=to_camel)
    id: Id
    # Event Grid stamps it on every event. Without it, two senders would share their ids.
    topic: Source
    event_type: Type
    data: Any = None

    def event(self) -> InboundEvent:
        return InboundEvent(self.topic, self.id, self.event_type, self.data)


def parse(headers: Mapping[str, str], body: bytes) -> list[InboundEvent]:
    """Read all events of a delivery; raises InvalidMessage, for the whole of it, that says where."""
    try:
        content = binary(headers, body) if is_binary(headers) else read_json(body)
    except ValueError as error:
        raise InvalidMessage(f"the delivery is no JSON: {error}") from None
    declared = media_type(headers)
    if declared in {STRUCTURED, BATCH} and isinstance(content, list) != (declared == BATCH):
        # JSON format 1.0.2, sections 3 and 4.1: an object is one event, an array is a batch.
        raise InvalidMessage(f"the delivery is not what {declared} holds")
    found = content if isinstance(content, list) else [content]
    return [_read(one, number, declared) for number, one in enumerate(found)]


def _text(value: Any) -> str | None:  # noqa: ANN401 - JSON
    return value if isinstance(value, str) else None


def read(content: Any) -> InboundEvent:  # noqa: ANN401 - JSON
    """Read an event that was taken once, as it is kept; raises InvalidMessage."""
    return _read(content, 0, STRUCTURED, taken=True)


def _read(
    content: Any,  # noqa: ANN401 - JSON
    number: int,
    declared: str,
    *,
    taken: bool = False,
) -> InboundEvent:
    cloud = isinstance(content, dict) and "specversion" in content
    try:
        if not (cloud or declared in {STRUCTURED, BATCH}):
            return _EventGridEvent.model_validate(content).event()
        event = _CloudEvent.model_validate(content)
        if not taken:
            event.check()
        return event.event()
    except ValidationError as error:
        raise InvalidMessage(f"event {number} of the delivery is none: {told(error)}") from None
    except ValueError as error:
        raise InvalidMessage(f"event {number} of the delivery is none: {error}") from None
