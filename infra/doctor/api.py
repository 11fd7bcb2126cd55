"""The running function set, asked over HTTP."""

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import aiohttp

from infra.doctor.patient import Complaint, Patient

PATIENCE = aiohttp.ClientTimeout(total=20)
SKEW = timedelta(seconds=30)
OLD = 60.0
ORIGIN = "eventgrid.azure.net"


async def health(patient: Patient) -> Complaint | None:
    """Ask the API itself whether it reaches store and views."""
    status, _, body = await _ask(patient, "GET", "health")
    if status == HTTPStatus.OK:
        return None
    failed = [
        f"{check['name']}: {check.get('error')}"
        for check in _json(body).get("checks", [])
        if not check["ready"]
    ]
    why = "; ".join(failed) or f"GET /api/health answers {status}"
    return Complaint(why, "see 'Unready' in docs/operations.md")


async def clocks(patient: Patient) -> Complaint | None:
    """Compare clocks, as signatures, tokens and the ages of events do."""
    _, headers, _ = await _ask(patient, "GET", "health")
    told = headers.get("Date")
    if told is None or abs(parsedate_to_datetime(told) - patient.now()) < SKEW:
        return None
    return Complaint(
        f"the clock of the functions says {told}, the one here {patient.now():%a, %d %b %Y %H:%M:%S}",
        "set the clock that is wrong by NTP",
    )


async def rights(patient: Patient) -> Complaint | None:
    """Let consumers reach leases, log and markers with their own identity."""
    for path in ("operations/lag", "operations/parked"):
        status, _, body = await _ask(patient, "GET", path)
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Complaint(
                f"GET /api/{path} wants the master key",
                "say it in DOCTOR_KEY (docs/operations.md)",
            )
        if status != HTTPStatus.OK:
            return Complaint(
                f"GET /api/{path} answers {status}: {body[:300]}",
                "if it speaks of a refusal, give the app the roles of infra/apps.json (`azd provision`)",
            )
    return None


async def parked(patient: Patient) -> Complaint | None:
    """Name what is parked, and waits for a person."""
    _, _, body = await _ask(patient, "GET", "operations/parked")
    waiting = [f"{one['stream']} ({one['consumer']})" for one in _json(body).get("parked", [])]
    if not waiting:
        return None
    return Complaint(
        f"{len(waiting)} streams are parked: {', '.join(waiting[:5])}",
        "see 'Parked' in docs/operations.md",
    )


async def lag(patient: Patient) -> Complaint | None:
    """See that every stage is at most a minute behind."""
    _, _, body = await _ask(patient, "GET", "operations/lag")
    late = [
        f"{one['stage']}, partition {one['partition']}: {one['events']} events, {one['seconds']:.0f} s"
        for one in _json(body).get("stages", [])
        if one["seconds"] > OLD
    ]
    return Complaint("; ".join(late), "see 'Lag' in docs/operations.md") if late else None


async def handshake(patient: Patient) -> Complaint | None:
    """Ask what Event Grid asks before it sends anything (CloudEvents, Web Hooks, section 4)."""
    for name, one in patient.functions.items():
        trigger = one["trigger"]
        if "OPTIONS" not in [method.upper() for method in trigger.get("methods") or ()]:
            continue
        status, headers, _ = await _ask(
            patient, "OPTIONS", trigger["route"], {"WebHook-Request-Origin": ORIGIN}
        )
        if status != HTTPStatus.OK or headers.get("WebHook-Allowed-Origin") not in {ORIGIN, "*"}:
            return Complaint(
                f"{name} does not answer the handshake of Event Grid ({status})",
                f"answer OPTIONS with 200 and WebHook-Allowed-Origin: {ORIGIN}",
            )
    return None


async def _ask(
    patient: Patient, method: str, path: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    key = {"x-functions-key": patient.key} if patient.key else {}
    async with (
        aiohttp.ClientSession(timeout=PATIENCE) as http,
        http.request(
            method, f"{patient.url}/api/{path}", headers={**key, **(headers or {})}
        ) as response,
    ):
        return response.status, dict(response.headers), await response.text()


def _json(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
