"""What `$management` answers: READ of a hub or of a partition."""

from emulators.event_hubs.messages import Request
from emulators.event_hubs.namespace import Hub, Namespace
from emulators.event_hubs.positions import offset_of
from emulators.event_hubs.refusals import NOT_IMPLEMENTED, RefusedError
from emulators.event_hubs.values import Long, Strings, Timestamp, Value


def read(request: Request, namespace: Namespace) -> dict[Value, Value]:
    """Answer a request; raises RefusedError."""
    asked = request.properties
    operation, kind = asked.get("operation"), asked.get("type")
    if operation != "READ" or kind not in {"com.microsoft:eventhub", "com.microsoft:partition"}:
        raise RefusedError(NOT_IMPLEMENTED, f"{operation} of {kind} is not supported.")
    hub = namespace.hub(asked.get("name"))
    if kind == "com.microsoft:eventhub":
        return _describe_hub(hub, namespace)
    return _describe_partition(hub, asked.get("partition"), namespace)


def _describe_hub(hub: Hub, namespace: Namespace) -> dict[Value, Value]:
    created = min(namespace.log.extent(partition).created for partition in hub.partitions.values())
    return {
        "name": hub.name,
        "type": "com.microsoft:eventhub",
        "created_at": Timestamp(created),
        "partition_count": Long(len(hub.partitions)),
        "partition_ids": Strings(hub.partitions),
    }


def _describe_partition(hub: Hub, name: str | None, namespace: Namespace) -> dict[Value, Value]:
    partition = hub.partition(name)
    extent = namespace.log.extent(partition)
    return {
        "name": hub.name,
        "type": "com.microsoft:partition",
        "partition": partition.name,
        "begin_sequence_number": Long(extent.begin),
        "last_enqueued_sequence_number": Long(extent.next - 1),
        "last_enqueued_offset": offset_of(extent.next - 1),
        "last_enqueued_time_utc": Timestamp(extent.enqueued),
        "is_partition_empty": extent.begin == extent.next,
    }
