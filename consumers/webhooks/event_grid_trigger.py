"""Events as Event Grid's own trigger hands them over: the body decides which kind it is."""

import json

import azure.functions as func


def body_of(event: func.EventGridEvent | func.CloudEvent) -> bytes:
    """Write an event of the trigger as a sender delivers it: whichever way it came, it is read alike."""
    data = event.get_json()
    if isinstance(event, func.CloudEvent):
        # The platform shows data that came encoded as an extension, beside data that are None.
        encoded = data is None and "data_base64" in event.extension_attrs
        told = {
            "specversion": event.specversion,
            "id": event.id,
            "source": event.source,
            "type": event.type,
            **({} if encoded else {"data": data}),
            **event.extension_attrs,
        }
    else:
        told = {
            "id": event.id,
            "topic": event.topic,
            "eventType": event.event_type,
            "data": data,
        }
    return json.dumps(told).encode()
