"""The local stack as processes: the emulators in one, the function host in the other.

What ends it is in stopping.py; what ends its processes when it is killed, in emulators/parent.py.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.ports import Ports
from infra.names import described, names_of

ROOT = Path(__file__).parents[2]
NAMES = names_of(ROOT)
SETTINGS = ROOT / "local.settings.example.json"
STATE = ROOT / ".onewrite"
CONNECTIONS = ("COSMOS", "EVENTHUBS", "EVENTGRID", "ARCHIVE_FOLDER", "ARCHIVE_NAMESPACE")
NICE = 10
"""By so much who serves no requests comes behind who does, where both share a processor."""
LOCAL_ACTOR = "x-local-actor"
"""The header in which a request tells the local host who is signed in."""


class StackError(Exception):
    """The stack did not start, or one of its processes ended; the sentence says what to do."""


@dataclass(slots=True)
class Stack:
    """A running stack; `host` is what the function host said when it was ready.

    `app` is the code that the host loads. `options` are arguments of the emulators beside those that every stack
    gives them. Leases and retries of the host are `pace` times as fast as in Azure; with `auth`, it asks for keys.
    With two `workers`, HTTP functions and the rest have processes of their own, as in Flex.
    """

    ports: Ports
    state: Path
    environment: dict[str, str]
    app: Path = ROOT
    options: tuple[str, ...] = ()
    pace: float = 1.0
    auth: bool = False
    workers: int = 1
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    host: dict[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        """The keys that the host asks for, by what they open; none where it asks for none."""
        found: dict[str, str] = self.host.get("keys", {})
        return found

    @property
    def url(self) -> str:
        """The base URL of the functions."""
        return f"http://127.0.0.1:{self.ports.http}"

    async def start(self) -> None:
        """Start everything; returns when every listener works; raises StackError."""
        services = await self._begin_services()
        http = await self._begin_host(
            "host", self.ports.http, "all" if self.workers == 1 else "http"
        )
        rest = await self._begin_rest() if self.workers > 1 else None
        await self._ready("services", services)
        self.host = await self._ready("host", http)
        if rest is not None:
            await self._ready("rest", rest)

    async def _begin_rest(self) -> asyncio.subprocess.Process:
        process = await self._begin_host("rest", 0, "rest")
        # In Flex it has instances of its own, and takes nothing from those that answer.
        os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        return process

    async def _begin_host(self, name: str, port: int, group: str) -> asyncio.subprocess.Process:
        return await self._spawn(
            *(name, "emulators.host"),
            *("--app", str(self.app), "--settings", str(SETTINGS), "--group", group),
            *("--port", str(port), "--state", str(self.state)),
            *("--sign-in", LOCAL_ACTOR, "--pace", str(self.pace)),
            *(("--auth",) if self.auth else ()),
        )

    async def start_services(self) -> None:
        """Start the emulators alone, for another host; raises StackError."""
        await self._ready("services", await self._begin_services())

    async def _begin_services(self) -> asyncio.subprocess.Process:
        if (taken := self.ports.taken()) is not None:
            option, port = taken
            raise StackError(
                f"port {port} is taken: is another stack, emulator or `func start` running?"
                f' `make run OPTIONS="{option} {port + 1}"` takes another port; there are'
                " --http, --cosmos, --event-hubs, --event-grid and --faults, and a stack beside"
                " another one needs a --state of its own"
            )
        self.state.mkdir(parents=True, exist_ok=True)
        return await self._spawn(
            "services",
            "emulators",
            *("--state", str(self.state), "--names", str(self._names())),
            *("--cosmos", str(self.ports.cosmos)),
            *("--event-hubs", str(self.ports.event_hubs)),
            *("--event-grid", str(self.ports.event_grid)),
            *("--faults", str(self.ports.faults)),
            *self.options,
        )

    async def ended(self) -> str:
        """Wait until one of the processes ends, and name it."""
        waits = {
            asyncio.create_task(process.wait()): name for name, process in self.processes.items()
        }
        done, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        return waits[done.pop()]

    async def stop(self) -> None:
        """Let the host finish what it is doing, requests before batches, then end the emulators."""
        for name in ("host", "rest", "services"):
            process = self.processes.get(name)
            if process is not None and process.returncode is None:
                process.terminate()
                await process.wait()

    def kill(self) -> None:
        """End everything at once, in the middle of whatever it is doing (kill -9)."""
        for process in self.processes.values():
            if process.returncode is None:
                process.kill()

    def _names(self) -> Path:
        """Write down what the emulators have from their start."""
        names = self.state / "names.json"
        names.write_text(
            json.dumps(_moved(described(self.app), self.environment)), encoding="utf-8"
        )
        return names

    async def _spawn(self, name: str, module: str, *arguments: str) -> asyncio.subprocess.Process:
        # A pipe to each child's standard input: when this process dies, the children see its end.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            cwd=ROOT,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self.processes[name] = process
        return process

    async def _ready(self, name: str, process: asyncio.subprocess.Process) -> dict[str, Any]:
        output = process.stdout
        line = await output.readline() if output else b""
        if not line:
            raise StackError(f"the process '{name}' ended before it was ready: see above")
        said: dict[str, Any] = json.loads(line)
        return said


def _moved(names: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Give the names with the hubs of the settings; the first hub keeps its partitions, as in Azure."""
    hubs = {}
    for hub, one in names["hubs"].items():
        name = environment.get(f"{hub.upper()}_HUB") or hub
        asked = environment.get(f"{hub.removesuffix('s').upper()}_PARTITIONS", one["partitions"])
        hubs[name] = one if name == hub else {**one, "partitions": int(asked)}
    return {**names, "hubs": hubs}


def local_settings(ports: Ports, state: Path) -> dict[str, str]:
    """Returns the example settings, with the connections of a stack on these ports, and its archive."""
    values: dict[str, str] = json.loads(SETTINGS.read_text(encoding="utf-8"))["Values"]
    return {
        **values,
        "COSMOS": values["COSMOS"].replace(":8081", f":{ports.cosmos}"),
        "EVENTHUBS": values["EVENTHUBS"].replace("127.0.0.1", f"127.0.0.1:{ports.event_hubs}"),
        "EVENTGRID": values["EVENTGRID"].replace(":6501", f":{ports.event_grid}"),
        "ARCHIVE_FOLDER": str(state / "capture"),
    }


def make_stack(ports: Ports, state: Path, **settings: str) -> Stack:
    """Describe a stack; settings of the application can be added."""
    values = local_settings(ports, state)
    environment = {
        **os.environ,
        **{name: values[name] for name in CONNECTIONS},
        "WEBHOOK_SECRETS": os.environ.get("WEBHOOK_SECRETS", values["WEBHOOK_SECRETS"]),
        **settings,
    }
    return Stack(ports=ports, state=state, environment=environment)
