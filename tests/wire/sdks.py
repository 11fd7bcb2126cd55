"""The CloudEvents SDKs of others: for Python in this process, for JavaScript in one for all that is asked."""

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cloudevents.core.bindings.http import HTTPMessage, from_http_event, from_structured_event

from emulators.tests.machine import limit

HERE = Path(__file__).parent / "javascript"
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


@dataclass(frozen=True)
class Sent:
    """What a sender sends: headers, by their names in lower case, and a body."""

    headers: dict[str, str]
    body: bytes

    def shown(self) -> dict[str, Any]:
        return {"headers": self.headers, "body": base64.b64encode(self.body).decode()}


def python_reads(sent: Sent) -> list[Any] | None:
    """Read a delivery as the SDK for Python does, None if it refuses it; it has no batches of its own."""
    declared = sent.headers.get("content-type", "")
    try:
        if declared.startswith(BATCH):
            events = json.loads(sent.body)
            if not isinstance(events, list):
                return None
            bodies = [json.dumps(one).encode() for one in events]
            return [from_structured_event(HTTPMessage({}, body)) for body in bodies]
        headers = {"content-type": declared} if declared.startswith(STRUCTURED) else sent.headers
        return [from_http_event(HTTPMessage(headers, sent.body))]
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses
        return None


@cache
def installed(folder: Path) -> Path:
    """Install the SDK for JavaScript beside a copy of the script."""
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=folder, check=True, timeout=limit(300))
    return folder


def javascript(what: str, given: Sequence[Any], folder: Path) -> list[Any]:
    """Ask the SDK for JavaScript once about all that is given."""
    asked, answers = folder / f"{what}-asked.json", folder / f"{what}-answers.json"
    asked.write_text(json.dumps(given), encoding="utf-8")
    node = shutil.which("node") or "node"
    command = [node, "cloudevents.mjs", what, str(asked), str(answers)]
    subprocess.run(command, cwd=installed(folder), check=True, timeout=limit(120))
    found: list[Any] = json.loads(answers.read_text(encoding="utf-8"))
    return found
