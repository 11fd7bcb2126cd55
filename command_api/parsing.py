"""From an HTTP request to a command request: everything that a client can get wrong is found here."""

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import azure.functions as func
from pydantic import ValidationError

from command_api.idempotency_key import key_of
from shared.adapters.http.bodies import Doubled, check_body, check_charset, media_type, read_once
from shared.adapters.http.conditions import tags
from shared.adapters.http.negotiation import JSON
from shared.adapters.http.problems import (
    Fault,
    malformed,
    not_found,
    too_large,
    unsupported_media_type,
)
from shared.adapters.identity.actor import VISIBLE, is_token, token
from shared.kernel.commands.category import Category
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.json_reading import read_text
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import ID_RULE, StreamName
from shared.kernel.messages.trace_context import carried, well_formed
from shared.kernel.validation_faults import faults

LARGEST_BODY = 256 * 1024
_HEADERS = {
    "content-encoding",
    "content-type",
    "correlation-id",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "not-before",
    "prefer",
    "traceparent",
    "tracestate",
}

_VERSION = re.compile(r"[0-9]{1,15}")
_TAG = re.compile(r"0|[1-9][0-9]{0,14}")


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
    command_id = key_of(headers) or str(uuid4())
    metadata = _metadata(headers, command_id, actor)
    conditional = "if-match" in headers or "if-none-match" in headers
    expected = _expected(headers) if conditional else None
    return CommandRequest(stream, command, command_id, metadata, expected, received)


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
        raise not_found("A stream is a category, a dash and an id.")
    return _stream(domain.category(category), id_)


def version_in(params: Mapping[str, str], name: str) -> int | None:
    """Read a version from the query; raises Problem."""
    text = params.get(name)
    if text is None:
        return None
    if _VERSION.fullmatch(text) is None:
        raise malformed("The query is malformed.", [Fault(name, "A version is expected.")])
    return int(text)


def _stream(category: Category, id_: str) -> StreamName:
    try:
        return StreamName(category.name, id_)
    except InvalidMessage:
        raise malformed(f"An id has {ID_RULE}.") from None


def _expected(headers: Mapping[str, str]) -> Expected:
    """Read If-Match and If-None-Match, whose tags are versions; both have to be met (RFC 9110, section 13.2.2)."""
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    among: frozenset[int] | None = None
    other_than: frozenset[int] = frozenset()
    if match is not None:
        wanted = tags("If-Match", match)
        # Section 13.1.1: weak tags match nothing, and neither do tags of nobody; a stream without events is none.
        among = None if wanted.everything else _versions(wanted.strong)
        other_than = frozenset({0}) if wanted.everything else other_than
    if none_match is not None:
        unwanted = tags("If-None-Match", none_match)
        if unwanted.everything:
            among = frozenset({0}) if among is None else among & {0}
        other_than |= _versions(unwanted.strong | unwanted.weak)
    return Expected(among, other_than)


def _versions(found: frozenset[str]) -> frozenset[int]:
    return frozenset(int(tag) for tag in found if _TAG.fullmatch(tag))


def _command(
    req: func.HttpRequest, headers: Mapping[str, str], command_type: type[Command]
) -> tuple[Command, dict[str, Any]]:
    """Read the body as a command, and as the JSON that it is."""
    if (headers.get("content-type") or JSON) != JSON:
        _check_type(headers)
    # A reader may ignore a byte order mark (RFC 8259, section 8.1).
    body = req.get_body().removeprefix(BOM_UTF8)
    if not body or "content-encoding" in headers:
        check_body(req.headers, body, "A command")
    if len(body) > LARGEST_BODY:
        raise too_large(LARGEST_BODY)
    try:
        return read_text(command_type, body, by_name=False), read_once(body)
    except ValidationError as error:
        found = [Fault(*one) for one in faults(error)]
    except Doubled as error:
        found = [Fault(pointer, "It stands there more than once.") for pointer in error.pointers]
    raise malformed(f"The body is no {command_type.__name__}.", found)


def _check_type(headers: Mapping[str, str]) -> None:
    if media_type(headers) != JSON:
        raise unsupported_media_type()
    check_charset(headers, "A command")


def _metadata(headers: Mapping[str, str], command_id: str, actor: str | None) -> Metadata:
    correlation_id = token(headers, "Correlation-Id") if "correlation-id" in headers else None
    traceparent = tracestate = None
    if "traceparent" in headers:
        traceparent = well_formed(headers["traceparent"])
        tracestate = carried(headers.get("tracestate"), traceparent)
    return Metadata(
        correlation_id=correlation_id or command_id,
        causation_id=command_id,
        traceparent=traceparent,
        actor=actor,
        tracestate=tracestate,
    )


def checked_token(name: str, value: str) -> None:
    """Check a token in the query; raises Problem."""
    if not is_token(value):
        raise malformed("The query is malformed.", [Fault(name, VISIBLE)])
