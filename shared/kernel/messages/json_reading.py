"""Reading JSON as a type: what was stored is read by the same strict rules as what clients send."""

from functools import cache
from typing import Annotated, Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, SchemaValidator, from_json, to_json

from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.json_forms import JsonForms
from shared.kernel.validation_faults import told


def read[T](kind: type[T], data: Any, *, by_name: bool = True) -> T:  # noqa: ANN401 - JSON
    """Read JSON that is there as Python's dictionaries, lists and so on; raises InvalidMessage."""
    try:
        return read_text(kind, to_json(data), by_name=by_name)
    except (ValidationError, PydanticSerializationError) as error:
        raise InvalidMessage(told(error)) from None


def read_text[T](kind: type[T], text: bytes, *, by_name: bool = True) -> T:
    """Read JSON by the aliases of fields, or by their names as well; raises ValidationError."""
    reader: Any = kind
    validate = _validator(reader).validate_json
    made: T
    try:
        made = validate(text, by_alias=True, by_name=by_name)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_input=False)):
            raise
        found = from_json(text)
        whole = _whole(found)
        # 5.0 equals 5, and is written the same only if it is no integer.
        if to_json(whole) == to_json(found):
            raise
    else:
        return made
    made = validate(to_json(whole), by_alias=True, by_name=by_name)
    return made


def _whole(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Give JSON with 5 for 5.0: both are the integer five (JSON Schema, section 6.1.1)."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(inner) for name, inner in value.items()}
        case list():
            return [_whole(inner) for inner in value]
        case _:
            return value


@cache
def _validator(kind: Any) -> SchemaValidator:  # noqa: ANN401 - a type
    """Build what reads a type, once: it would be the dearest part of reading one event."""
    is_message = isinstance(kind, type) and issubclass(kind, BaseModel)
    marked: Any = kind if is_message else Annotated[kind, JsonForms()]
    adapter = TypeAdapter(marked)
    adapter.rebuild()
    return cast("SchemaValidator", adapter.validator)
