"""Decides which link an attach becomes, or why it becomes none."""

from typing import Any

from emulators.event_hubs.addresses import CBS, MANAGEMENT, read_address
from emulators.event_hubs.delivery import Delivery
from emulators.event_hubs.failing import fail_after, fail_before
from emulators.event_hubs.ingest import Ingest
from emulators.event_hubs.namespace import Namespace
from emulators.event_hubs.positions import EARLIEST, Start, read_selector
from emulators.event_hubs.refusals import NOT_FOUND, NOT_IMPLEMENTED, RefusedError
from emulators.event_hubs.requests import ANY, Requests, Responses
from emulators.event_hubs.session import RECEIVER, Link, Session
from emulators.event_hubs.values import Described, Value

EPOCH = "com.microsoft:epoch"
IDEMPOTENT = "com.microsoft:idempotent-producer"
RECEIVER_NAME = "com.microsoft:receiver-name"
NAMELESS = "nil"
RUNTIME_METRICS = "com.microsoft:enable-receiver-runtime-metric"
SELECTOR = "apache.org:selector-filter:string"

UNSETTLED = 0

_TARGET = 0x29
_FILTER = 7


async def open_link(session: Session, fields: dict[str, Value], namespace: Namespace) -> Link:
    """Make the end of a link that a client asks for; raises RefusedError."""
    terminus = fields["source"] if fields["role"] == RECEIVER else fields["target"]
    if not isinstance(terminus, Described) or not terminus.value:
        raise RefusedError(NOT_IMPLEMENTED, "A link without a source or target is not supported.")
    if fields["role"] != RECEIVER and terminus.descriptor != _TARGET:
        raise RefusedError(NOT_IMPLEMENTED, "Transactions are not supported.")
    node = terminus.value[0]
    if node in {CBS, MANAGEMENT}:
        return _node_link(session, fields, namespace, node)
    address = read_address(node)
    rule = fail_before(namespace.faults, "attach", address.hub, session.wire)
    session.wire.claims.check(address.path)
    # An attach leaves nothing behind that could outlive its connection: late faults may come first.
    await fail_after(rule, session.wire)
    if fields["role"] == RECEIVER:
        return _delivery(session, fields, namespace, terminus.value)
    if IDEMPOTENT in _names(fields["desired_capabilities"]):
        raise RefusedError(NOT_IMPLEMENTED, "Idempotent producers are not supported.")
    return _ingest(session, fields["handle"], namespace, node)


def _node_link(
    session: Session, fields: dict[str, Value], namespace: Namespace, node: str
) -> Requests | Responses:
    if fields["role"] == RECEIVER:
        link = Responses(session, fields["handle"])
        target = fields["target"].value if isinstance(fields["target"], Described) else []
        links = session.nodes.setdefault(node, {})
        # Clients of one session tell their answers apart by the address that a request names.
        links[str(target[0]) if target else ANY] = links[ANY] = link
        return link
    return Requests(session, fields["handle"], namespace, node)


def _ingest(session: Session, handle: int, namespace: Namespace, node: str) -> Ingest:
    address = read_address(node)
    if address.group is not None:
        raise RefusedError(NOT_FOUND, f"Nobody can send to {node!r}.")
    hub = namespace.hub(address.hub)
    partition = None if address.partition is None else hub.partition(address.partition)
    return Ingest(session, handle, namespace, hub, partition, path=address.path)


def _delivery(
    session: Session, fields: dict[str, Value], namespace: Namespace, source: list[Value]
) -> Delivery:
    properties = fields["properties"] or {}
    return Delivery(
        session,
        fields["handle"],
        namespace,
        read_address(source[0]),
        _read_start(source),
        epoch=properties.get(EPOCH),
        metrics=RUNTIME_METRICS in _names(fields["desired_capabilities"]),
        name=str(properties.get(RECEIVER_NAME, NAMELESS)),
        settled=fields["snd_settle_mode"] != UNSETTLED,
    )


def _read_start(source: list[Value]) -> Start:
    filters: dict[Value, Any] = (source[_FILTER] if len(source) > _FILTER else None) or {}
    if others := filters.keys() - {SELECTOR}:
        raise RefusedError(NOT_IMPLEMENTED, f"The filters {sorted(others)} are not supported.")
    if SELECTOR not in filters:
        return EARLIEST
    selector = filters[SELECTOR]
    text = selector.value if isinstance(selector, Described) else selector
    return read_selector(text.decode() if isinstance(text, bytes) else str(text))


def _names(capabilities: Value) -> tuple[str, ...]:
    return (capabilities,) if isinstance(capabilities, str) else tuple(capabilities or ())
