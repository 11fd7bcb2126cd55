"""Events as they leave: in the schema of the subscription, one or many to a request, alive or dead.

Sources: "CloudEvents v1.0 schema with Azure Event Grid"; "Event Grid message delivery and retry", section Delivery
event formats; the headers as the handlers' pages list them, and as a webhook that was seen in the field got them.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from emulators.event_grid.deliveries import Delivery
from emulators.event_grid.ingest import BATCH, SINGLE, Event
from emulators.event_grid.subscriptions import Subscription
from emulators.event_grid.topics import CLOUD_EVENTS

ORIGIN = "eventgrid.azure.net"
OUTPUT_IDS = uuid.UUID("5d1d2f0e-8f5b-4a39-9d0c-3a6f6e1c1a55")


def now_text() -> str:
    """Write the time of day as the service does."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def rendered(event: Event, subscription: Subscription) -> Event:
    """Give an event in the delivery schema of a subscription."""
    if subscription.event_delivery_schema != CLOUD_EVENTS or "specversion" in event:
        return event
    return {
        "specversion": "1.0",
        "id": event["id"],
        "source": event["topic"],
        "type": event["eventType"],
        "subject": event["subject"],
        "time": event["eventTime"],
        "dataversion": event["dataVersion"],
        "data": event.get("data"),
    }


def body_of(deliveries: Sequence[Delivery], subscription: Subscription) -> tuple[str, bytes]:
    """Give content type and body: a bare CloudEvent if there is no batching, an array in all other cases."""
    events = [rendered(delivery.event, subscription) for delivery in deliveries]
    if subscription.event_delivery_schema != CLOUD_EVENTS:
        return "application/json; charset=utf-8", _encoded(events)
    if subscription.webhook.batched:
        return f"{BATCH}; charset=utf-8", _encoded(events)
    return f"{SINGLE}; charset=utf-8", _encoded(events[0])


def headers_of(
    name: str, deliveries: Sequence[Delivery], subscription: Subscription
) -> dict[str, str]:
    """Give the headers of a delivery; those that tell of one event are not sent with a batch."""
    headers = {
        **subscription.headers,
        "aeg-event-type": "Notification",
        "aeg-subscription-name": name.upper(),
        # Counted from 0: attempts made before this one.
        "aeg-delivery-count": str(max(delivery.attempts for delivery in deliveries)),
    }
    first = rendered(deliveries[0].event, subscription)
    if subscription.event_delivery_schema == CLOUD_EVENTS:
        headers |= {"Origin": ORIGIN, "aeg-metadata-version": first["specversion"]}
    else:
        headers |= {"aeg-metadata-version": first["metadataVersion"]}
    if len(deliveries) == 1:
        output = uuid.uuid5(OUTPUT_IDS, f"{name}/{deliveries[0].event_number}")
        headers |= {"aeg-output-event-id": str(output)}
        if "dataVersion" in first:
            headers |= {"aeg-data-version": first["dataVersion"]}
    return headers


def dead_letter(delivery: Delivery, subscription: Subscription, reason: str) -> Event:
    """Give the dead letter of an event; CloudEvents allow no capitals in the names."""
    told: dict[str, Any] = {
        "deadLetterReason": reason,
        "deliveryAttempts": delivery.attempts,
        "lastDeliveryOutcome": delivery.outcome,
        "lastHttpStatusCode": delivery.status,
        "publishTime": delivery.published,
        "lastDeliveryAttemptTime": delivery.tried,
    }
    if subscription.event_delivery_schema == CLOUD_EVENTS:
        told = {name.lower(): value for name, value in told.items()}
    return {**rendered(delivery.event, subscription), **told}


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
