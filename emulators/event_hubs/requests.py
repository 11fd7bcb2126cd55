"""The pairs of links to the service's own nodes: `$cbs` takes tokens, `$management` answers questions."""

from emulators.event_hubs.addresses import CBS
from emulators.event_hubs.arrivals import Arrival, Assembly
from emulators.event_hubs.cbs import IDENTITY, SIGNATURE, check_identity, check_signature
from emulators.event_hubs.failing import ENDS_LINK, fail_after, fail_before
from emulators.event_hubs.frames import Frame
from emulators.event_hubs.ingest import CREDIT
from emulators.event_hubs.management import read
from emulators.event_hubs.messages import Request, read_request, write_response
from emulators.event_hubs.namespace import Namespace
from emulators.event_hubs.refusals import (
    NOT_FOUND,
    NOT_IMPLEMENTED,
    SERVER_BUSY,
    UNAUTHORIZED,
    RefusedError,
)
from emulators.event_hubs.session import Session
from emulators.event_hubs.values import Int, Symbol, Value

_STATUS = {NOT_FOUND: 404, NOT_IMPLEMENTED: 501, SERVER_BUSY: 503, UNAUTHORIZED: 401}


class Responses:
    """The end on which a client gets answers; the requests find it by its node."""

    def __init__(self, session: Session, handle: int) -> None:
        self._session = session
        self._handle = handle

    def start(self) -> None: ...

    def on_flow(self, fields: dict[str, Value]) -> None: ...

    def on_transfer(self, frame: Frame) -> None: ...

    def close(self) -> None: ...

    async def send(self, response: bytes) -> None:
        """Send an answer; clients give these links more credit than they have questions."""
        await self._session.transfer(self._handle, [response])


class Requests:
    """The end on which a client asks."""

    def __init__(self, session: Session, handle: int, namespace: Namespace, node: str) -> None:
        self._session = session
        self._handle = handle
        self._namespace = namespace
        self._node = node
        self._assembly = Assembly()
        self._count = 0

    def start(self) -> None:
        self._session.grant(self._handle, 0, CREDIT)

    def on_flow(self, fields: dict[str, Value]) -> None: ...

    def close(self) -> None: ...

    def on_transfer(self, frame: Frame) -> None:
        arrival = self._assembly.add(frame)
        if arrival is None:
            return
        self._count += 1
        self._session.grant(self._handle, self._count, CREDIT)
        self._session.wire.tasks.create_task(self._answer(arrival))

    async def _answer(self, arrival: Arrival) -> None:
        request = read_request(arrival.message())
        if not arrival.settled:
            self._session.settle(arrival.id, None)
        try:
            value = await self._ask(request)
        except RefusedError as refused:
            if refused.condition in ENDS_LINK:
                self._session.detach(self._handle, refused)
            else:
                await self._session.nodes[self._node].send(_refuse(request, refused))
            return
        properties = {"status-code": Int(202 if value is None else 200), "status-description": "OK"}
        await self._session.nodes[self._node].send(write_response(request, properties, value))

    async def _ask(self, request: Request) -> dict[Value, Value] | None:
        wire = self._session.wire
        if self._node == CBS:
            wire.hubs.add(_take_token(request, self._namespace.token))
            return None
        name = request.properties.get("name")
        rule = fail_before(self._namespace.faults, "management", name, wire)
        if not isinstance(name, str) or name.lower() not in wire.hubs:
            raise RefusedError(UNAUTHORIZED, f"No token of this connection opens '{name}'.")
        value = read(request, self._namespace)
        await fail_after(rule, wire)
        return value


def _take_token(request: Request, token: str | None) -> str:
    asked = request.properties
    match asked.get("operation"), asked.get("type"):
        case "put-token", kind if kind == SIGNATURE:
            hub = check_signature(request.value)
        case "put-token", kind if kind == IDENTITY and token is not None:
            hub = check_identity(token, request.value, str(asked.get("name")))
        case operation, kind:
            raise RefusedError(NOT_IMPLEMENTED, f"{operation} of {kind} is not supported.")
    if hub is None:
        raise RefusedError(UNAUTHORIZED, "InvalidSignature: The token has an invalid signature.")
    return hub


def _refuse(request: Request, refused: RefusedError) -> bytes:
    properties = {
        "status-code": Int(_STATUS.get(refused.condition, 500)),
        "status-description": refused.description,
        "error-condition": Symbol(refused.condition),
    }
    return write_response(request, properties, None)
