"""Events as Event Grid's own trigger hands them over: the body decides which kind it is."""

import json

import azure.functions as func


def body_of(event: func.EventGridEvent | func.CloudEvent) -> bytes:
    """Write an event of the trigger as a sender delivers it: whichever way it came, it is read alike."""
    if isinstance(event, func.CloudEvent):
        told = {
            "specversion": event.specversion,
            "id": event.id,
            "source": event.source,
            "type": event.type,
            "data": event.get_json(),
            **event.extension_attrs,
        }
    else:
        told = {
            "id": event.id,
            "topic": event.topic,
            "eventType": event.event_type,
            "data": event.get_json(),
        }
    return json.dumps(told).encode()
