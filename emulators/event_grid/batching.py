"""Output batching: as many events a request as the subscription wishes, and no waiting for more; pure.

Source: "Event Grid message delivery and retry", section Output batching.
"""

import json
from collections.abc import Iterator, Sequence

from emulators.event_grid.deliveries import Delivery
from emulators.event_grid.subscriptions import WebHookProperties

MOST_EVENTS, PREFERRED_KILOBYTES = 5000, 64  # when only the other one is set


def pack(deliveries: Sequence[Delivery], webhook: WebHookProperties) -> Iterator[list[Delivery]]:
    """Split deliveries into requests; one that is larger than preferred goes by itself."""
    if not webhook.batched:
        yield from ([delivery] for delivery in deliveries)
        return
    most = webhook.max_events_per_batch or MOST_EVENTS
    room = 1024 * (webhook.preferred_batch_size_in_kilobytes or PREFERRED_KILOBYTES)
    batch: list[Delivery] = []
    size = 0
    for delivery in deliveries:
        more = len(json.dumps(delivery.event))
        if batch and (len(batch) == most or size + more > room):
            yield batch
            batch, size = [], 0
        batch.append(delivery)
        size += more
    if batch:
        yield batch
