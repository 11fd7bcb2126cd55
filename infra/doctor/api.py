"""The running functions, asked over HTTP."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from infra.doctor.apps import ask, ask_function, json_of, told
from infra.doctor.patient import Complaint, Patient
from infra.hooks.rights import ROLES, mend

SKEW = timedelta(seconds=30)
OLD = 60.0
UNPROVEN = 600.0
ORIGIN = "eventgrid.azure.net"


async def health(patient: Patient) -> Complaint | None:
    """Ask the API itself whether it reaches store and views."""
    status, _, body = await ask_function(patient, "health", "GET", "health")
    if status == HTTPStatus.OK:
        return None
    found = json_of(body)
    checks = found.get("checks", []) if isinstance(found, dict) else []
    failed = [f"{one['name']}: {one.get('error')}" for one in checks if not one["ready"]]
    why = "; ".join(failed) or f"GET /api/health answers {status}"
    return Complaint(why, "see 'Unready' in docs/operations.md")


async def clocks(patient: Patient) -> Complaint | None:
    """Compare clocks, as signatures, tokens and the ages of events do."""
    for app in patient.apps:
        _, headers, _ = await ask(app, "GET", "/")
        told_time = headers.get("Date")
        if told_time and abs(parsedate_to_datetime(told_time) - patient.now()) >= SKEW:
            return Complaint(
                f"the clock of {app.url} says {told_time}, the one here"
                f" {patient.now():%a, %d %b %Y %H:%M:%S}",
                "set the clock that is wrong by NTP",
            )
    return None


async def rights(patient: Patient) -> Complaint | None:
    """Let each role try with its own identity what it needs, in the app where it runs, and read its settings."""
    denied, wrong, mends = [], [], []
    for role in ROLES:
        found = await told(patient, f"{role}_rights", f"operations/rights/{role}")
        missing = {right: why for right, why in found["rights"].items() if why}
        denied += [f"{role} may not {right}: {why[:200]}" for right, why in missing.items()]
        mends += [mend(right) for right in missing]
        wrong += [f"{role}: {found['settings'][:200]}"] if found["settings"] else []
    if wrong:
        return Complaint("; ".join(dict.fromkeys(wrong)), "see 'Settings' in docs/architecture.md")
    if not denied:
        return None
    return Complaint(
        "; ".join(denied),
        f"if it speaks of a refusal: {'; '.join(dict.fromkeys(mends))}",
    )


async def parked(patient: Patient) -> Complaint | None:
    """Name what is parked, and waits for a person."""
    found = await told(patient, "parked", "operations/parked")
    waiting = [f"{one['stream']} ({one['consumer']})" for one in found["parked"]]
    if not waiting:
        return None
    return Complaint(
        f"{len(waiting)} streams are parked: {', '.join(waiting[:5])}",
        "see 'Parked' in docs/operations.md",
    )


async def lag(patient: Patient) -> Complaint | None:
    """See that every stage is at most a minute behind, and the sweep at most ten."""
    found = await told(patient, "lag", "operations/lag")
    late = [
        f"{one['stage']}, partition {one['partition']}: {one['events']} events, {one['seconds']:.0f} s"
        for stages, most in ((found["stages"], OLD), (found["sweep"], UNPROVEN))
        for one in stages
        if one["seconds"] > most
    ]
    return Complaint("; ".join(late), "see 'Lag' in docs/operations.md") if late else None


async def handshake(patient: Patient) -> Complaint | None:
    """Ask what Event Grid asks before it sends anything (CloudEvents, Web Hooks, section 4)."""
    for name, one in patient.functions.items():
        trigger = one["trigger"]
        if "OPTIONS" not in [method.upper() for method in trigger.get("methods") or ()]:
            continue
        status, headers, _ = await ask_function(
            patient, name, "OPTIONS", trigger["route"], {"WebHook-Request-Origin": ORIGIN}
        )
        if status != HTTPStatus.OK or headers.get("WebHook-Allowed-Origin") not in {ORIGIN, "*"}:
            return Complaint(
                f"{name} does not answer the handshake of Event Grid ({status})",
                f"answer OPTIONS with 200 and WebHook-Allowed-Origin: {ORIGIN}",
            )
    return None
