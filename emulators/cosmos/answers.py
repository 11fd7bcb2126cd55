"""Answers, with the headers that the SDKs rely on."""

import json
import sqlite3
from typing import Any

from aiohttp import web

from emulators.cosmos.change_feed import current_lsn
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError


def answer(
    status: int, text: str | None, headers: dict[str, str] | None = None, charge: float = 0.0
) -> web.Response:
    """Answer with a JSON text, or without a body."""
    return web.Response(
        status=status,
        text=text,
        headers={"x-ms-request-charge": f"{charge:.2f}", **(headers or {})},
        content_type="application/json" if text is not None else None,
    )


def json_answer(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:  # noqa: ANN401 - JSON
    """Answer with a JSON value."""
    return answer(status, json.dumps(body), headers, charge=1.0)


def error_answer(error: CosmosError, activity: str) -> web.Response:
    """Answer with an error to a request with an activity id."""
    headers = {"x-ms-substatus": str(error.substatus or 0)}
    if error.retry_after_ms is not None:
        headers["x-ms-retry-after-ms"] = str(error.retry_after_ms)
    return answer(error.status, json.dumps(error.body(activity)), headers, charge=1.0)


def range_headers(db: sqlite3.Connection, container: Container, range_: str) -> dict[str, str]:
    """Tell the physical range, and the session token that has reached its last transaction."""
    lsn = str(current_lsn(db, container, range_))
    return {
        "lsn": lsn,
        "x-ms-session-token": f"{range_}:-1#{lsn}",
        "x-ms-documentdb-partitionkeyrangeid": range_,
    }
