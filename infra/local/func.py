"""`make func`: starts all that `func start` needs but `func` itself, without Docker, and says what to type."""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, Final

from emulators.parent import parent_ends
from infra.local.ports import Ports, add_ports, is_taken
from infra.local.stack import ROOT, SETTINGS, STATE, Stack, StackError, make_stack

AZURITE: Final = "azurite@3.37.0"
STORAGE: Final = 10_000
"""Where `UseDevelopmentStorage=true` looks for blobs."""
PAUSE: Final = 0.1
CLOSING: Final = 2.0
"""So many seconds Azurite has to close its files."""
TARGET: Final = ROOT / "local.settings.json"
TOLD: Final = """
The emulators of Cosmos DB, Event Hubs and Event Grid listen, and so does Azurite. In another terminal:

  . .venv/bin/activate     # `func` takes the Python that is active
  func start

Ctrl-C stops them; what was written stays (in {state}).\
"""


def settings(stack: Stack) -> dict[str, Any]:
    """Return the settings file for a stack: the example's, with where this one listens."""
    example: dict[str, Any] = json.loads(SETTINGS.read_text(encoding="utf-8"))
    own = {
        name: stack.environment[name]
        for name in ("COSMOS", "EVENTHUBS", "EVENTGRID", "ARCHIVE_FOLDER")
    }
    return {**example, "Values": example["Values"] | own}


def write_settings(target: Path, wanted: dict[str, Any]) -> list[str]:
    """Write the file if there is none; of one that is there, name the settings that are others."""
    if not target.exists():
        target.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
        return []
    there = json.loads(target.read_text(encoding="utf-8")).get("Values", {})
    return sorted(name for name, value in wanted["Values"].items() if there.get(name) != value)


async def start_storage(state: Path, port: int) -> asyncio.subprocess.Process | None:
    """Start Azurite, and return once it listens; None if something does so already; raises StackError."""
    if is_taken(port):
        print(f"Something listens on {port}: it is taken for Azurite.")
        return None
    if shutil.which("npx") is None:
        raise StackError("Azurite needs Node: install it, or start Azurite otherwise")
    process = await asyncio.create_subprocess_exec(
        *("npx", "--yes", AZURITE, "--skipApiVersionCheck", "--silent"),
        *("--blobPort", str(port), "--location", str(state / "azurite")),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    while not is_taken(port):
        if process.returncode is not None:
            raise StackError("Azurite ended before it was ready: see above")
        await asyncio.sleep(PAUSE)
    return process


async def end_storage(process: asyncio.subprocess.Process) -> None:
    """End npx and what it has started: Azurite closes its files, and would stay."""
    for number, patience in ((signal.SIGTERM, CLOSING), (signal.SIGKILL, 0.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
            await asyncio.sleep(patience)
    await process.wait()


async def run(stack: Stack, storage: int, target: Path) -> int:
    """Serve until a signal comes or the parent ends (0), or something cannot go on (1)."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    parent = asyncio.create_task(parent_ends())
    parent.add_done_callback(lambda _: stopped.set())
    azurite = None
    try:
        azurite = await start_storage(stack.state, storage)
        await stack.start_services()
        others = write_settings(target, settings(stack))
        if others:
            print(f"{target} is yours; it has other values of {', '.join(others)}.")
        print(TOLD.format(state=stack.state), flush=True)
        await stopped.wait()
    except StackError as error:
        print(f"onewrite: {error}", file=sys.stderr)
        return 1
    finally:
        parent.cancel()
        await stack.stop()
        if azurite is not None:
            await end_storage(azurite)
    return 0


def main() -> int:
    """Serve as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.func", description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE)
    parser.add_argument("--storage", type=int, default=STORAGE, help="port of Azurite's blobs")
    parser.add_argument("--settings", type=Path, default=TARGET)
    add_ports(parser)
    given = parser.parse_args()
    stack = make_stack(Ports.given(given), given.state)
    return asyncio.run(run(stack, given.storage, given.settings))


if __name__ == "__main__":
    sys.exit(main())
