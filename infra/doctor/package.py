"""The package of this checkout and its settings: what the platform would make of it."""

import asyncio
import json
import sys
from typing import Any

from infra.doctor.patient import Complaint, Finding, Functions, Patient, Unseen
from infra.local.stack import ROOT, SETTINGS
from shared.adapters.names import SWEEP_SCHEDULE

STREAMS = ("cosmosDBTrigger", "eventHubTrigger")
ENDLESS = {"strategy": "exponential_backoff", "most": -1}


async def index() -> Functions:
    """Load the package as the platform does; empty when it would have no function at all."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.host", "--check", "--app", str(ROOT)),
        *("--settings", str(SETTINGS)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    found: dict[str, Any] = json.loads(said) if await process.wait() == 0 else {}
    return found


async def functions(patient: Patient) -> Complaint | None:
    """Load the package: one bad signature leaves the platform without any function."""
    if patient.functions:
        return None
    return Complaint("the package cannot be loaded: see above", "mend the function that it names")


async def retry_policies(patient: Patient) -> Finding:
    """See that no policy ends: the platform passes over a batch that failed to the last."""
    wrong = [
        name
        for name, one in patient.functions.items()
        if one["trigger"]["type"] in STREAMS and one["retry"] != ENDLESS
    ]
    if not wrong and patient.environment is not None:
        return None
    if not wrong:
        return Unseen("those of this checkout have no end; a deployed app does not tell its own")
    return Complaint(
        f"{', '.join(wrong)} gives up on a batch after some attempts: its events would be lost",
        "give it @endless_retry(blueprint), of shared/adapters/triggers.py",
    )


async def dates(patient: Patient) -> Complaint | None:
    """See that the trigger leaves dates as they are stored: by default it cuts zeros off, in the data, too."""
    serializer = (
        patient.host.get("extensions", {}).get("cosmosDB", {}).get("serializerSettings", {})
    )
    if serializer.get("dateParseHandling") == "None":
        return None
    return Complaint(
        "host.json lets the trigger rewrite dates: the publisher stops at the first commit whose time it changes",
        'set extensions.cosmosDB.serializerSettings.dateParseHandling to "None" in host.json, and deploy it',
    )


async def schedules(patient: Patient) -> Finding:
    """See that the sweep has its schedule: without it nothing starts at all."""
    setting = SWEEP_SCHEDULE.strip("%")
    if patient.environment is None:
        return Unseen(
            f"a deployed app does not tell its settings: look for {setting} in what"
            " `az functionapp config appsettings list` shows"
        )
    if patient.environment.get(setting):
        return None
    return Complaint(
        f"the setting {setting} is missing", f'set it, such as {setting}="0,30 * * * * *"'
    )
