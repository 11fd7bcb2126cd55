"""The rules of the alerts as they are deployed, and whether one rings over what a window of time has brought."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.infra.clouds import ALL, Cloud
from tests.infra.kusto import Answer, Engine, Rows

KINDS: Final = ("scheduledQueryRules", "metricAlerts", "activityLogAlerts")
AGGREGATED: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Total": sum,
    "Count": sum,
    "Average": lambda values: sum(values) / len(values) if values else 0,
}


@dataclass(frozen=True)
class Rule:
    """A rule by its name, and what it asks."""

    name: str
    kind: str
    asks: Mapping[str, Any]
    deployed: Mapping[str, Any]

    @property
    def steps(self) -> int:
        """How often it looks at the same minute: its windows overlap."""
        return _minutes(self.deployed["windowSize"]) // _minutes(
            self.deployed["evaluationFrequency"]
        )


@dataclass(frozen=True)
class Point:
    """What a service counted of a metric in one minute, for one value of each dimension."""

    metric: str
    value: float
    dimensions: Mapping[str, str]


def rules(*kinds: str) -> dict[str, Rule]:
    """Returns the rules of some kinds by name, as somebody deploys them who is woken by mail."""
    watched = Cloud({**ALL["closed"], "alertEmail": "operators@example.org"})
    found = {}
    for kind in kinds:
        for one in watched.of(f"Insights/{kind}"):
            name = one.name.removeprefix("alert-").rpartition("-")[0]
            asks = one.properties.get("criteria") or one.properties["condition"]
            found[name] = Rule(name, kind, asks, one.properties)
    return found


def rings_over_rows(rule: Rule, engine: Engine, rows: Rows) -> bool:
    """Tells whether a rule that asks a query rings over the rows of its window."""
    (condition,) = rule.asks["allOf"]
    assert (condition["timeAggregation"], condition["operator"]) == ("Count", "GreaterThan")
    return len(found_by(rule, engine, rows)) > int(condition["threshold"])


def found_by(rule: Rule, engine: Engine, rows: Rows) -> Answer:
    """Returns what the query of a rule finds: an operator reads it."""
    (condition,) = rule.asks["allOf"]
    return engine.ask({rule.name: condition["query"]}, rows)[rule.name]


def rings_over_points(rule: Rule, points: Iterable[Point]) -> bool:
    """Tells whether a rule on a metric rings over what a service counted in its window."""
    (condition,) = rule.asks["allOf"]
    assert condition["operator"] == "GreaterThan"
    wanted = {one["name"]: one["values"] for one in condition["dimensions"]}
    values = [
        point.value
        for point in points
        if point.metric == condition["metricName"]
        and all(point.dimensions.get(name) in values for name, values in wanted.items())
    ]
    aggregated = AGGREGATED[condition["timeAggregation"]](values)
    return aggregated > float(condition["threshold"])


def rings_over_places(rule: Rule, ready: Sequence[bool]) -> bool:
    """Tells whether a rule on an availability test rings over what it met in each place."""
    return ready.count(False) >= int(rule.asks["failedLocationCount"])


def rings_over_event(rule: Rule, event: Mapping[str, Any]) -> bool:
    """Tells whether a rule on the activity log rings for one of its records."""
    return all(_holds(condition, event) for condition in rule.asks["allOf"])


def _holds(condition: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    if "anyOf" in condition:
        return any(_holds(one, event) for one in condition["anyOf"])
    value: Any = event
    for part in condition["field"].split("."):
        value = value.get(part, {})
    # Most fields of a record are a value and what it is called for people.
    if isinstance(value, Mapping):
        value = value.get("value")
    return bool(value == condition["equals"])


def _minutes(duration: str) -> int:
    return int(duration.removeprefix("PT").removesuffix("M"))
