"""Which events a subscription gets; pure."""

from typing import Any

from emulators.event_grid.ingest import Event
from emulators.event_grid.subscriptions import Filter


def matches(filter_: Filter, event: Event) -> bool:
    """Tell whether an event passes every part of a filter."""
    return (
        _is_included(filter_, event)
        and _subject_agrees(filter_, event)
        and all(each.accepts(find(event, each.key)) for each in filter_.advanced_filters)
    )


def find(event: Event, key: str) -> Any:  # noqa: ANN401 - JSON
    """Find the value of a key such as `Subject` or `data.shop.city`; None when there is none.

    The documentation writes the first step in either case; the steps into data are taken as they are.
    """
    first, *steps = key.split(".")
    named = {name.casefold(): value for name, value in event.items()}
    value = named.get(first.casefold())
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _is_included(filter_: Filter, event: Event) -> bool:
    wanted = filter_.included_event_types
    type_ = event["type"] if "specversion" in event else event["eventType"]
    return not wanted or "All" in wanted or type_ in wanted


def _subject_agrees(filter_: Filter, event: Event) -> bool:
    fold = str if filter_.is_subject_case_sensitive else str.casefold
    subject = fold(event.get("subject") or "")
    return subject.startswith(fold(filter_.subject_begins_with)) and subject.endswith(
        fold(filter_.subject_ends_with)
    )
