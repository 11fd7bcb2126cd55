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
    named = {
        name: sample(field, definitions)
        for name, field in schema.get("properties", {}).items()
        if name in required or "examples" in field
    }
    others = _several(schema.get("propertyNames", {}), schema.get("minProperties", 0), definitions)
    return named | {
        str(name): sample(schema.get("additionalProperties", {}), definitions) for name in others
    }


def _array(schema: Schema, definitions: Mapping[str, Schema]) -> list[Any]:
    if "prefixItems" in schema:
        return [sample(item, definitions) for item in schema["prefixItems"]]
    least = max(1, schema.get("minItems", 1))
    if schema.get("uniqueItems"):
        return _several(schema["items"], least, definitions)
    return [sample(schema["items"], definitions)] * least


def _several(schema: Schema, least: int, definitions: Mapping[str, Schema]) -> list[Any]:
    """Give so many different values, as far as their type is an open one."""
    match schema:
        case {"$ref": str(name)}:
            return _several(definitions[name.rpartition("/")[2]], least, definitions)
        case {"enum": [*choices]}:
            return choices[:least]
    first = sample(schema, definitions) if schema else "name"
    match first:
        case bool():
            return [first]
        case int() | float():
            return [first + number for number in range(least)]
        case str():
            return [first, *(f"{first}{number}" for number in range(2, least + 1))][:least]
        case _:
            return [first]


def _text(schema: Schema) -> str:
    return "text".ljust(schema.get("minLength", 0), "t")[: schema.get("maxLength")]


def _number(schema: Schema) -> int | float:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    step = schema.get("multipleOf", 1)
    edges = [edge for edge in (low, high) if edge is not None]
    plain: list[int | float] = [
        1,
        step,
        *edges,
        *(edge + by for edge in edges for by in (step, -step)),
    ]
    plain += [-(-edge // step) * step for edge in edges]
    if schema["type"] == "number" and len(edges) > 1:
        plain.append(sum(edges) / 2)
    fitting = (one for one in plain if _fits(one, schema))
    return min(fitting, key=lambda one: abs(one - 1), default=1)


def _fits(number: float, schema: Schema) -> bool:
    least, most = schema.get("minimum", number), schema.get("maximum", number)
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    step = schema.get("multipleOf")
    return (
        bool(least <= number <= most)
        and (above is None or bool(number > above))
        and (below is None or bool(number < below))
        and (step is None or number % step == 0)
    )
