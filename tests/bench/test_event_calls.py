"""How many functions the worker library calls to hand over an event of a hub, before any of ours."""

import json
from types import SimpleNamespace

import azure.functions as func
import pytest
from azure.functions.meta import Datum

from consumers.hub_triggers import hub_function
from shared.adapters import names
from tests.bench.calls import Calls
from tests.figures import note

EVENTS = 50
EACH_EVENT = 40
"""With its time read, it would be more than a thousand."""


def handed_over(events: int) -> tuple[list[func.EventHubEvent], int]:
    """Decode a batch as the worker does; returns the events, and how many functions that called."""
    about = [
        {
            "SequenceNumber": number,
            "Offset": str(number),
            "PartitionKey": None,
            "EnqueuedTimeUtc": "2026-11-23T12:00:00.123",
        }
        for number in range(events)
    ]
    metadata = {"SystemPropertiesArray": Datum(json.dumps(about), "json")}
    bodies = Datum(SimpleNamespace(bytes=[b"{}"] * events), "collection_bytes")
    converter = func.get_binding_registry().get("eventHubTrigger")
    with Calls() as calls:
        found: list[func.EventHubEvent] = converter.decode(bodies, trigger_metadata=metadata)
    return found, calls.count


def test_an_event_costs_few_calls_before_it_is_handled(pytestconfig: pytest.Config) -> None:
    hub_function(func.Blueprint(), names.EVENTS_HUB, names.PROJECTIONS)
    found, calls = handed_over(EVENTS)

    note(pytestconfig, f"calls of functions: {calls / EVENTS:.1f} for an event that is handed over")
    assert [one.sequence_number for one in found] == list(range(EVENTS))
    assert {one.get_body() for one in found} == {b"{}"}
    assert calls <= EACH_EVENT * EVENTS
