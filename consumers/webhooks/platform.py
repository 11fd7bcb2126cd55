"""Events as Event Grid's own trigger hands them over: the body decides which kind it is."""

import azure.functions as func

from shared.kernel.outside_event import OutsideEvent


def from_platform(event: func.EventGridEvent | func.CloudEvent) -> OutsideEvent:
    """Read an event of the trigger."""
    data = event.get_json()
    if isinstance(event, func.CloudEvent):
        attributes = event.extension_attrs or {}
        return OutsideEvent(event.source, event.id, event.type, data, attributes.get("traceparent"))
    return OutsideEvent(event.topic or "", event.id, event.event_type, data)
