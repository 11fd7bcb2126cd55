"""An example of a command, made from its schema: where a field gives examples, the first of them is taken."""

from collections.abc import Mapping
from typing import Any

from command_api.openapi.models import Schema

TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "partial-time": "12:00:00",
    "duration": "PT1H",
    "uuid": "0b9e4c1e-5f0a-4f7e-9d3c-2f8f6a3c1b7e",
    "email": "somebody@example.com",
    "uri": "https://example.com/",
    "decimal": "1.00",
}


def sample(schema: Schema, definitions: Mapping[str, Schema]) -> Any:  # noqa: ANN401 - JSON
    """Returns the plainest value that a schema describes; what a pattern asks for, only its field can show."""
    match schema:
        case {"examples": [first, *_]} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"default": value} if value is not None:
            return value
        case {"$ref": str(name)}:
            return sample(definitions[name.rpartition("/")[2]], definitions)
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]} | {"allOf": [first, *_]}:
            return sample(first, definitions)
        case _:
            return _of_type(schema, definitions)


def _of_type(schema: Schema, definitions: Mapping[str, Schema]) -> Any:  # noqa: ANN401 - JSON
    match schema.get("type"):
        case "object":
            return _object(schema, definitions)
        case "array":
            return _array(schema, definitions)
        case "string":
            return TEXTS.get(schema.get("format", ""), _text(schema))
        case "integer" | "number":
            return _number(schema)
        case kind:
            return True if kind == "boolean" else None


def _object(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    required = schema.get("required", ())
    return {
        name: sample(field, definitions)
        for name, field in schema.get("properties", {}).items()
        if name in required or "examples" in field
    }


def _array(schema: Schema, definitions: Mapping[str, Schema]) -> list[Any]:
    if "prefixItems" in schema:
        return [sample(item, definitions) for item in schema["prefixItems"]]
    return [sample(schema["items"], definitions)] * max(1, schema.get("minItems", 1))


def _text(schema: Schema) -> str:
    return "text".ljust(schema.get("minLength", 0), "t")[: schema.get("maxLength")]


def _number(schema: Schema) -> int | float:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    most = schema.get("maximum", schema.get("exclusiveMaximum", least + 1) - 1)
    number: int | float = min(max(1, least), most)
    return number
