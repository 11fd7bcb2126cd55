"""From an HTTP request to a command request: everything that a client can get wrong is found here."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import azure.functions as func
from pydantic import ValidationError
from pydantic_core import from_json

from shared.adapters.http.actor import VISIBLE, is_token, token
from shared.adapters.http.problems import (
    Fault,
    Problem,
    malformed,
    not_found,
    too_large,
    unsupported_media_type,
)
from shared.kernel.commands.category import Category
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.json_reading import read_text
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import ID_RULE, StreamName
from shared.kernel.messages.trace_context import well_formed

LARGEST_BODY = 256 * 1024
SHOWN = 60
_HEADERS = {
    "content-type",
    "correlation-id",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "not-before",
    "prefer",
    "traceparent",
}

_VERSION = re.compile(r"[0-9]{1,15}")
_ETAG = re.compile(r'"(0|[1-9][0-9]{0,14})"')


def command_request(
    req: func.HttpRequest,
    headers: Mapping[str, str],
    domain: Domain,
    actor: str | None,
) -> CommandRequest:
    """Read a command from a request; raises Problem, and UnknownMessage for an unknown route."""
    route = req.route_params
    category = domain.category(route["category"])
    command_type = category.route(route["command"])
    stream = _stream(category, route["id"])
    command, received = _command(req, headers, command_type)
    command_id = token(headers, "Idempotency-Key") or str(uuid4())
    metadata = _metadata(headers, command_id, actor)
    return CommandRequest(stream, command, command_id, metadata, _expected(headers), received)


def command_headers(req: func.HttpRequest) -> dict[str, str]:
    """Read the headers that mean something to a command, by their names in lower case.

    They are read once: to look into those of a request is dear, and most of these are missing from most requests.
    """
    headers = req.headers
    return {name: headers[name] for name in _HEADERS.intersection(headers)}


def stream_name(text: str, domain: Domain) -> StreamName:
    """Check the name of a stream; raises Problem, and UnknownMessage for an unknown category."""
    category, dash, id_ = text.partition("-")
    if not dash:
        raise not_found(f"A stream is a category, a dash and an id; this is {text[:SHOWN]!r}.")
    return _stream(domain.category(category), id_)


def version_in(req: func.HttpRequest, name: str) -> int | None:
    """Read a version from the query; raises Problem."""
    text = req.params.get(name)
    if text is None:
        return None
    if _VERSION.fullmatch(text) is None:
        raise malformed("The query is malformed.", [Fault(name, "A version is expected.")])
    return int(text)


def _stream(category: Category, id_: str) -> StreamName:
    try:
        return StreamName(category.name, id_)
    except InvalidMessage:
        raise malformed(f"An id has {ID_RULE}; this begins with {id_[:SHOWN]!r}.") from None


def _expected(headers: Mapping[str, str]) -> int | None:
    """Read If-Match: "<version>" or If-None-Match: * (RFC 9110, section 13.1)."""
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if match is not None and none_match is not None:
        raise malformed("If-Match and If-None-Match contradict each other.")
    if none_match is not None:
        if none_match.strip() != "*":
            raise _malformed_header("If-None-Match", "Only * is supported: nothing is there yet.")
        return 0
    if match is None:
        return None
    version = _ETAG.fullmatch(match.strip())
    if version is None:
        raise _malformed_header("If-Match", 'One version in quotes is expected, such as "7".')
    return int(version[1])


def _command(
    req: func.HttpRequest, headers: Mapping[str, str], command_type: type[Command]
) -> tuple[Command, dict[str, Any]]:
    """Read the body as a command, and as the JSON that it is."""
    media_type = headers.get("content-type") or "application/json"
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise unsupported_media_type(media_type)
    body = req.get_body()
    if len(body) > LARGEST_BODY:
        raise too_large(LARGEST_BODY)
    try:
        command = read_text(command_type, body, by_name=False)
    except ValidationError as error:
        faults = [_fault(dict(detail)) for detail in error.errors(include_input=False)]
        raise malformed(f"The body is no {command_type.__name__}.", faults) from None
    return command, from_json(body)


def _fault(detail: dict[str, Any]) -> Fault:
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in detail["loc"])
    return Fault("".join(f"/{step}" for step in steps), f"{detail['msg']}.")


def _metadata(headers: Mapping[str, str], command_id: str, actor: str | None) -> Metadata:
    return Metadata(
        correlation_id=token(headers, "Correlation-Id") or command_id,
        causation_id=command_id,
        traceparent=well_formed(headers.get("traceparent")),
        actor=actor,
    )


def checked_token(name: str, value: str) -> None:
    """Check a token in the query; raises Problem."""
    if not is_token(value):
        raise malformed("The query is malformed.", [Fault(name, VISIBLE)])


def _malformed_header(header: str, sentence: str) -> Problem:
    return malformed(f"The header {header} is malformed.", [Fault(header, sentence)])
