"""An example that is made of a schema keeps to it."""

from typing import Any

import pytest

from command_api.openapi.example_values import sample

MADE: list[tuple[dict[str, Any], Any]] = [
    ({"type": "string", "examples": ["as they say"], "minLength": 99}, "as they say"),
    ({"const": "card"}, "card"),
    ({"enum": ["first", "second"]}, "first"),
    ({"type": "integer", "default": 7}, 7),
    ({"type": "string", "default": None}, "text"),
    ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
    ({"type": "null"}, None),
    ({"type": "string", "format": "date"}, "2026-01-31"),
    ({"type": "string", "minLength": 6}, "texttt"),
    ({"type": "string", "maxLength": 2}, "te"),
    ({"type": "integer", "exclusiveMinimum": 4, "maximum": 6}, 5),
    ({"type": "number", "exclusiveMaximum": 0, "minimum": -3}, -1),
    ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
    ({"type": "array", "items": {"type": "integer"}, "minItems": 2, "uniqueItems": True}, [1, 2]),
    ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, ["text"]),
    (
        {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
        ["text", "text2"],
    ),
    (
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 2, "uniqueItems": True},
        ["a", "b"],
    ),
    (
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"$ref": "#/components/schemas/Flag"},
        },
        [True],
    ),
    (
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"type": "array", "items": {"type": "integer"}},
        },
        [[1]],
    ),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, {}),
    (
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
        {"name": 1, "name2": 1},
    ),
    (
        {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "minProperties": 1,
            "propertyNames": {"enum": ["red", "green"]},
        },
        {"red": 1},
    ),
    ({"type": "number", "exclusiveMaximum": -3.5}, -4.5),
    ({"type": "integer", "multipleOf": 5, "minimum": 7}, 10),
    ({"type": "integer", "exclusiveMaximum": -3}, -4),
    ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
    ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, [1, "text"]),
    (
        {
            "type": "object",
            "required": ["is"],
            "properties": {
                "is": {"$ref": "#/components/schemas/Flag"},
                "shown": {"type": "string", "examples": ["so"]},
                "left": {"type": "string"},
            },
        },
        {"is": True, "shown": "so"},
    ),
]


@pytest.mark.parametrize(("schema", "made"), MADE)
def test_a_schema_is_shown_by_its_plainest_value(schema: dict[str, Any], made: object) -> None:
    assert sample(schema, {"Flag": {"type": "boolean"}}) == made
