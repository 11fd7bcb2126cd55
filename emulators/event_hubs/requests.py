"""The pairs of links to the service's own nodes: `$cbs` takes tokens, `$management` answers questions."""

from emulators.event_hubs.addresses import CBS
from emulators.event_hubs.arrivals import Arrival, Assembly
from emulators.event_hubs.cbs import IDENTITY, SIGNATURE, read_token
from emulators.event_hubs.claims import Claims, Path, path_of
from emulators.event_hubs.failing import ENDS_LINK, fail_after, fail_before
from emulators.event_hubs.frames import Frame
from emulators.event_hubs.ingest import CREDIT
from emulators.event_hubs.management import read
from emulators.event_hubs.messages import Request, read_request, write_response
from emulators.event_hubs.namespace import Namespace
from emulators.event_hubs.refusals import (
    ARGUMENT_OUT_OF_RANGE,
    NOT_FOUND,
    NOT_IMPLEMENTED,
    SERVER_BUSY,
    UNAUTHORIZED,
    RefusedError,
)
from emulators.event_hubs.session import Session
from emulators.event_hubs.values import Int, Symbol, Value

ANY = ""
_STATUS = {
    NOT_FOUND: 404,
    ARGUMENT_OUT_OF_RANGE: 400,
    NOT_IMPLEMENTED: 501,
    SERVER_BUSY: 503,
    UNAUTHORIZED: 401,
}


class Responses:
    """The end on which a client gets answers; the requests find it by its address, or by its node."""

    path = None

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

    path = None

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
                await self._reply(request, _refuse(request, refused))
            return
        properties = {"status-code": Int(202 if value is None else 200), "status-description": "OK"}
        await self._reply(request, write_response(request, properties, value))

    async def _reply(self, request: Request, response: bytes) -> None:
        links = self._session.nodes.get(self._node, {})
        link = links.get(str(request.reply_to), links.get(ANY))
        if link is not None:
            await link.send(response)

    async def _ask(self, request: Request) -> dict[Value, Value] | None:
        wire = self._session.wire
        if self._node == CBS:
            _take_token(request, self._namespace, wire.claims)
            return None
        name = request.properties.get("name")
        rule = fail_before(self._namespace.faults, "management", name, wire)
        _check_token(request, self._namespace, wire.claims)
        value = read(request, self._namespace)
        await fail_after(rule, wire)
        return value


def _take_token(request: Request, namespace: Namespace, claims: Claims) -> None:
    asked = request.properties
    if asked.get("operation") != "put-token" or asked.get("type") not in {SIGNATURE, IDENTITY}:
        what = f"{asked.get('operation')} of {asked.get('type')}"
        raise RefusedError(NOT_IMPLEMENTED, f"{what} is not supported.")
    named = path_of(str(asked.get("name")))
    opened, until = _read(request.value, namespace)
    if named[: len(opened)] != opened:
        raise RefusedError(UNAUTHORIZED, f"The token is not for '{asked.get('name')}'.")
    if named:
        namespace.hub(named[0])
    claims.add(named, until)


def _check_token(request: Request, namespace: Namespace, claims: Claims) -> None:
    """Take the token of a question, which .NET sends along, or one that the connection has."""
    path = path_of(str(request.properties.get("name")))
    shown = request.properties.get("security_token")
    if shown is None or claims.open(path):
        claims.check(path)
        return
    opened, _ = _read(shown, namespace)
    if path[: len(opened)] != opened:
        raise RefusedError(UNAUTHORIZED, f"The token is not for '{'/'.join(path)}'.")


def _read(shown: Value, namespace: Namespace) -> tuple[Path, float]:
    found = read_token(shown, namespace.token) if isinstance(shown, str) else None
    if found is None:
        raise RefusedError(UNAUTHORIZED, "InvalidSignature: The token has an invalid signature.")
    return found


def _refuse(request: Request, refused: RefusedError) -> bytes:
    properties = {
        "status-code": Int(_STATUS.get(refused.condition, 500)),
        "status-description": refused.description,
        "error-condition": Symbol(refused.condition),
    }
    return write_response(request, properties, None)
