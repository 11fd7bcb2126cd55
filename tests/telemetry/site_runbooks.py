"""Runbooks of alerts, typed on a local stack as they stand in docs/operations.md; the ports alone are others."""

import asyncio
import re
import subprocess
from typing import Any, Final

from tests.reference import ROOT
from tests.telemetry.site import Site

RUNBOOKS: Final = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CASE: Final = {"STREAM": "item-TEA", "PATH": "/usr/bin:/bin"}
"""What the commands are about."""


def commands(alert: str) -> list[str]:
    """Give what the runbook of an alert says to type on a local stack, in its order."""
    heading = alert.capitalize().replace("-", " ")
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", RUNBOOKS, re.DOTALL | re.MULTILINE)
    return re.findall(r"```sh\n# local\n(.*?)\n```", section, re.DOTALL)


async def typed(site: Site, command: str) -> str:
    """Type a command, and give what it prints."""
    ran: subprocess.CompletedProcess[Any] = await asyncio.to_thread(
        subprocess.run,
        [
            *("bash", "-euo", "pipefail", "-c"),
            command.replace("127.0.0.1:7071", f"127.0.0.1:{site.stack.ports.http}"),
        ],
        env=CASE,
        capture_output=True,
        check=True,
        text=True,
    )
    return str(ran.stdout)
