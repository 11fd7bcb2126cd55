"""What others would stumble over is found, and what they would not is let through."""

from typing import Any

import pytest

from tests.notifications.compatibility import incompatibilities

BEFORE: dict[str, Any] = {
    "type": "object",
    "description": "An order is over.",
    "properties": {
        "orderId": {"type": "string"},
        "reason": {"type": "string", "enum": ["asked", "expired"]},
        "note": {"type": "string"},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"sku": {"type": "string"}, "quantity": {"type": "integer"}},
                "required": ["sku", "quantity"],
            },
        },
    },
    "required": ["orderId", "reason", "lines"],
}
LINE = BEFORE["properties"]["lines"]["items"]


def changed(required: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    properties = {**BEFORE["properties"], **fields}
    left = {name: field for name, field in properties.items() if field is not None}
    return {**BEFORE, "properties": left, "required": required or BEFORE["required"]}


def line(required: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    properties = {**LINE["properties"], **fields}
    left = {name: field for name, field in properties.items() if field is not None}
    items = {**LINE, "properties": left, "required": required or LINE["required"]}
    return changed(lines={"type": "array", "items": items})


REFUSED = {
    "a removed field": (changed(note=None), "/note: the field is gone"),
    "a renamed field": (changed(note=None, remark={"type": "string"}), "/note: the field is gone"),
    "a changed type": (
        changed(orderId={"type": "integer"}),
        "/orderId: type was 'string' and is 'integer'",
    ),
    "a list of something else": (
        changed(lines={"type": "array", "items": {"type": "string"}}),
        "/lines[]: type was 'object' and is 'string'",
    ),
    "something in place of a list": (
        changed(lines={"type": "string"}),
        "/lines: type was 'array' and is 'string'",
    ),
    "a field that may be null": (
        changed(orderId={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "/orderId: type was 'string' and is None",
    ),
    "a new field that is required": (
        changed(required=[*BEFORE["required"], "actor"], actor={"type": "string"}),
        "/actor: the field is required, and was not: what was told before lacks it",
    ),
    "a known field that is newly required": (
        changed(required=[*BEFORE["required"], "note"]),
        "/note: the field is required, and was not: what was told before lacks it",
    ),
    "a field that may be missing now": (
        changed(required=["orderId", "lines"]),
        "/reason: the field was always there, and may be missing",
    ),
    "a narrowed enum": (
        changed(reason={"type": "string", "enum": ["asked"]}),
        "/reason: the values ['expired'] are gone",
    ),
    "an enum where anything went": (
        changed(note={"type": "string", "enum": ["short"]}),
        "/note: only some values are left: ['short']",
    ),
    "anything where an enum was": (
        changed(reason={"type": "string"}),
        "/reason: the values were ['asked', 'expired'], and may be any",
    ),
    "a new bound": (
        changed(note={"type": "string", "maxLength": 3}),
        "/note: maxLength was None and is 3",
    ),
    "a removed field within a list": (line(sku=None), "/lines[]/sku: the field is gone"),
    "a newly required field within a list": (
        line(required=["sku", "quantity", "name"], name={"type": "string"}),
        "/lines[]/name: the field is required, and was not: what was told before lacks it",
    ),
}
LET_THROUGH = {
    "nothing": BEFORE,
    "a new field that may be missing": changed(actor={"type": "string"}),
    "a new field of a line that may be missing": line(name={"type": "string"}),
    "a widened enum": changed(reason={"type": "string", "enum": ["asked", "expired", "lost"]}),
    "another order of the values": changed(reason={"type": "string", "enum": ["expired", "asked"]}),
    "another word on it": {**BEFORE, "description": "An order has ended."},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_others_would_stumble_over_is_told(name: str) -> None:
    now, told = REFUSED[name]

    assert told in incompatibilities(BEFORE, now)


@pytest.mark.parametrize("name", LET_THROUGH)
def test_what_others_need_not_notice_is_let_through(name: str) -> None:
    assert incompatibilities(BEFORE, LET_THROUGH[name]) == []
