"""A patient in good health, and the apps that it asks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiohttp import web

from emulators.tests.serving import Services
from infra.doctor.apps import meet
from infra.doctor.examination import CHECKS, examine
from infra.doctor.patient import Complaint, Finding, Functions, Patient
from infra.local.stack import NAMES, ROOT
from infra.official_emulators.seed import seed
from shared.adapters.cosmos.client import open_client
from shared.adapters.log_reader import open_log_reader
from shared.adapters.memory import MemoryProgress
from shared.adapters.settings import Settings
from shared.kernel.ports import Archive
from tests.adapters.leases import started

DESCRIBED: dict[str, Any] = json.loads(NAMES.read_text(encoding="utf-8"))
ORIGIN = "eventgrid.azure.net"
# Each opens connections, and takes its seconds: they run where they matter.
OF_THE_LOG = {"partitions", "consumer groups", "retention", "archive"}
ROLES = ("command_api", "single_publisher", "consumers")
READY = {"status": "ready", "checks": []}


class Set:
    """An app that answers as it is told; `running` are the functions that it runs, None: it says 401."""

    def __init__(self) -> None:
        self.url = ""
        self.running: set[str] | None = set()
        self.off: set[str] = set()
        self.key = ""
        self.answers: dict[str, tuple[int, Mapping[str, Any], Mapping[str, str]]] = {
            "health": (200, READY, {}),
            "operations/lag": (200, {"stages": [], "sweep": []}, {}),
            "operations/parked": (200, {"parked": []}, {}),
            **{
                f"operations/rights/{role}": (200, {"rights": {}, "settings": None}, {})
                for role in ROLES
            },
            "webhooks": (200, {}, {"WebHook-Allowed-Origin": ORIGIN}),
        }

    async def list_functions(self, request: web.Request) -> web.Response:
        if self.running is None or request.headers.get("x-functions-key", "") != self.key:
            return web.Response(status=401)
        named = [(name, False) for name in self.running] + [(name, True) for name in self.off]
        return web.json_response([{"name": name, "isDisabled": off} for name, off in named])

    async def answer(self, request: web.Request) -> web.Response:
        status, body, headers = self.answers.get(request.match_info["path"], (404, {}, {}))
        return web.json_response(body, status=status, headers=headers)


@asynccontextmanager
async def function_set() -> AsyncIterator[Set]:
    made = Set()
    app = web.Application()
    app.router.add_get("/admin/functions", made.list_functions)
    app.router.add_route("*", "/api/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


class Ward:
    """A patient in good health, and what a test does to it before it is examined."""

    def __init__(self, services: Services, set_: Set, functions: Functions) -> None:
        self.services = services
        self.set = set_
        self.sets = [set_]
        set_.running = set(functions)
        self.made = {**deepcopy(DESCRIBED), "database": f"doctor-{uuid4()}"}
        self.asked = deepcopy(self.made)
        self.functions = {name: deepcopy(dict(one)) for name, one in functions.items()}
        self.settings = {"COSMOS": services.cosmos, "EVENTHUBS": services.event_hubs}
        self.environment: dict[str, str] | None = {"SWEEP_SCHEDULE": "0,30 * * * * *"}
        self.leases: Callable[[str], list[dict[str, Any]]] = started
        self.progress = MemoryProgress()
        self.archive: Archive | None = None
        self.host: dict[str, Any] = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.checks = {name: CHECKS[name] for name in CHECKS if name not in OF_THE_LOG}

    async def oldest(self) -> list[datetime]:
        """Tell when the oldest message of each hub was written, by the clock of the emulator."""
        found = []
        for hub in self.asked["hubs"]:
            reader = open_log_reader(Settings.read(self.settings), hub)
            extents = await reader.extents()
            times = await asyncio.gather(
                *(
                    reader.time_after(n, first - 1)
                    for n, (first, last) in enumerate(extents)
                    if last >= first
                )
            )
            found.append(min(time for time in times if time))
            await reader.close()
        return found

    async def complaints(self) -> dict[str, str]:
        """Examine; gives what is wrong by the name of the check."""
        found = await self.findings()
        return {name: said.wrong for name, said in found.items() if isinstance(said, Complaint)}

    async def findings(self) -> dict[str, Finding]:
        """Examine; gives what was found by the name of the check."""
        await asyncio.to_thread(seed, self.services.cosmos, self.made)
        settings = Settings.read(self.settings)
        cosmos = await open_client(settings)
        hubs = {hub: open_log_reader(settings, hub) for hub in self.asked["hubs"]}
        try:
            database = cosmos.get_database_client(self.made["database"])
            rid = (await database.get_container_client("events").read())["_rid"]
            for one in self.leases(rid):
                await database.get_container_client("leases").upsert_item(one)
            patient = Patient(
                names=self.asked,
                settings=settings,
                environment=self.environment,
                functions=self.functions,
                host=self.host,
                cosmos=cosmos,
                hubs=hubs,
                archive=self.archive,
                progress=self.progress,
                apps=[await meet(one.url, one.key) for one in self.sets],
                now=self.now,
            )
            return {name: said async for name, said in examine(patient, self.checks)}
        finally:
            await cosmos.close()
            for reader in hubs.values():
                await reader.close()
