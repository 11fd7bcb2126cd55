"""The alerts on the activity log, over records in the shape that Azure documents.

Neither can be caused here: only the platform has incidents and tells of the health of resources. So there is no
drill; the conditions of each rule are held against the records that would come, field by field.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.telemetry.alerting import rings_over_event, rules

pytestmark = pytest.mark.proof

RULES = rules("activityLogAlerts")


def record(category: str, shown: str, **properties: str) -> dict[str, Any]:
    """Give a record as "Azure Activity Log event schema" of Azure Monitor describes those of a category."""
    operation = f"Microsoft.{category}/incident/action"
    return {
        "channels": "Admin",
        "category": {"value": category, "localizedValue": shown},
        "operationName": {"value": operation, "localizedValue": operation},
        "status": {"value": "Active", "localizedValue": "Active"},
        "subStatus": {"value": None},
        "level": "Warning",
        "properties": properties,
    }


def of_a_service(incident: str, stage: str = "Active") -> dict[str, Any]:
    return record("ServiceHealth", "Service Health", incidentType=incident, stage=stage)


def of_a_resource(now: str, before: str) -> dict[str, Any]:
    return record(
        *("ResourceHealth", "Resource Health"),
        currentHealthStatus=now,
        previousHealthStatus=before,
        type="Downtime",
        cause="PlatformInitiated",
    )


def test_every_rule_on_the_activity_log_is_tried() -> None:
    assert RULES.keys() == {"service-health", "resource-health"}


@pytest.mark.parametrize(
    ("kind", "rings"),
    [
        ("Incident", True),
        *((kind, False) for kind in ("Maintenance", "Informational", "Security")),
        *((kind, False) for kind in ("ActionRequired", "AssistedRecovery")),
    ],
)
def test_an_incident_rings_and_nothing_else_that_a_service_tells(kind: str, *, rings: bool) -> None:
    assert rings_over_event(RULES["service-health"], of_a_service(kind)) is rings


@pytest.mark.parametrize("stage", ["Active", "Resolved"])
def test_an_incident_rings_at_each_of_its_stages_for_its_end_is_told_too(stage: str) -> None:
    assert rings_over_event(RULES["service-health"], of_a_service("Incident", stage))


@pytest.mark.parametrize(
    ("now", "before", "rings"),
    [
        ("Unavailable", "Available", True),
        ("Degraded", "Available", True),
        ("Available", "Unavailable", False),
        ("Unknown", "Available", False),
    ],
)
def test_a_resource_rings_when_it_goes_and_not_when_it_is_back(
    now: str, before: str, *, rings: bool
) -> None:
    assert rings_over_event(RULES["resource-health"], of_a_resource(now, before)) is rings


@pytest.mark.parametrize("name", RULES)
def test_what_an_administrator_does_rings_neither(name: str) -> None:
    done: Mapping[str, Any] = record("Administrative", "Administrative", entity="some")

    assert not rings_over_event(RULES[name], done)
