"""What a delivery holds: one event or many, as CloudEvents (1.0.2, JSON) or in the schema of Event Grid."""

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, Base64Bytes, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

from shared.adapters import telemetry
from shared.kernel.errors import InvalidMessage
from shared.kernel.faults import told
from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.messages.trace_context import well_formed

# Both go into what is stored. A source is a URI: without spaces, it cannot run into the id behind it.
Id = Annotated[str, Field(min_length=1, max_length=256)]
Source = Annotated[str, Field(pattern=r"^\S+$", max_length=512)]
Type = Annotated[str, Field(min_length=1)]
# Not used here: but the platform's own way ends at what is none.
Time = Annotated[str, AfterValidator(datetime.fromisoformat)]

# In the structured mode and in a batch (sections 3.2 and 3.3) attributes are in the body, whatever headers repeat.
_STRUCTURED = "application/cloudevents"


class _CloudEvent(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore")
    specversion: Literal["1.0"]
    id: Id
    source: Source
    type: Type
    time: Time | None = None
    traceparent: str | None = None
    data: Any = None
    data_base64: Base64Bytes | None = None

    def event(self) -> InboundEvent:
        if {"data", "data_base64"} <= self.model_fields_set:
            raise InvalidMessage("data and data_base64 exclude each other")
        data = self.data if self.data_base64 is None else _json(self.data_base64)
        traceparent = telemetry.admitted(well_formed(self.traceparent))
        return InboundEvent(self.source, self.id, self.type, data, traceparent)


class _EventGridEvent(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", alias_generator=to_camel)
    id: Id
    # Event Grid stamps it on every event. Without it, two senders would share their ids.
    topic: Source
    event_type: Type
    event_time: Time | None = None
    data: Any = None

    def event(self) -> InboundEvent:
        return InboundEvent(self.topic, self.id, self.event_type, self.data)


def parse(headers: Mapping[str, str], body: bytes) -> list[InboundEvent]:
    """Read all events of a delivery; raises InvalidMessage, for the whole of it, that says where."""
    try:
        content = _json(body)
    except ValueError as error:
        raise InvalidMessage(f"the delivery is no JSON: {error}") from None
    if "ce-specversion" in headers and not media_type(headers).startswith(_STRUCTURED):
        return [_read({**_attributes(headers), "data": content}, 0)]
    found = content if isinstance(content, list) else [content]
    return [_read(one, number) for number, one in enumerate(found)]


def media_type(headers: Mapping[str, str]) -> str:
    """Give the media type of a delivery, without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def read(content: Any) -> InboundEvent:  # noqa: ANN401 - JSON
    """Read one event, in either schema; raises InvalidMessage."""
    return _read(content, 0)


def _read(content: Any, number: int) -> InboundEvent:  # noqa: ANN401 - JSON
    schema = (
        _CloudEvent if isinstance(content, dict) and "specversion" in content else _EventGridEvent
    )
    try:
        return schema.model_validate(content).event()
    except ValidationError as error:
        raise InvalidMessage(f"event {number} of the delivery is none: {told(error)}") from None
    except InvalidMessage as error:
        raise InvalidMessage(f"event {number} of the delivery is none: {error}") from None
    except ValueError as error:
        raise InvalidMessage(f"the data of event {number} is no JSON: {error}") from None


def _json(body: bytes) -> Any:  # noqa: ANN401 - JSON
    content = from_json(body, allow_inf_nan=False)
    if not _finite(content):
        raise ValueError("it holds a number that is more than any JSON number")
    return content


def _finite(content: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a double holds every number (RFC 8259, section 6): 1e400 is read as infinity."""
    match content:
        case int() | float():
            return abs(content) <= sys.float_info.max
        case dict():
            return all(map(_finite, content.values()))
        case list():
            return all(map(_finite, content))
    return True


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """Read the attributes of the binary mode (CloudEvents, HTTP protocol binding 1.0.2, section 3.1)."""
    named = {name.removeprefix("ce-"): name for name in headers if name.startswith("ce-")}
    return {
        attribute: _unquoted(name, headers[name])
        for attribute, name in named.items()
        # The data is the body, whatever a header says.
        if attribute != "data_base64"
    }


def _unquoted(name: str, value: str) -> str:
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        # Replaced, two ids could become one.
        raise InvalidMessage(f"the header {name} is not UTF-8") from None
