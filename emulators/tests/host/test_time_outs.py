"""A function that runs into the time-out: the host kills the worker, and with it whatever else runs there."""

import asyncio
import json
import shutil
from pathlib import Path

import aiohttp

from emulators.tests.host.hosts import APP, world
from emulators.tests.machine import limit
from emulators.tests.serving import Services


async def test_who_runs_into_the_time_out_takes_its_neighbours_along(
    services: Services, tmp_path: Path
) -> None:
    app = tmp_path / "app"
    shutil.copytree(APP, app)
    settings = json.loads((app / "host.json").read_text(encoding="utf-8"))
    settings["functionTimeout"] = f"00:00:{min(limit(2), 59):02.0f}"
    (app / "host.json").write_text(json.dumps(settings), encoding="utf-8")
    async with world(services, tmp_path) as fresh:
        await fresh.start(app)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{fresh.said['port']}") as http:

            async def waits(begun: int) -> asyncio.Task[int]:
                """Ask for what never comes; gives the status when the function has begun."""

                async def ask() -> int:
                    never = {"for": f"{tmp_path}/never"}
                    async with http.get("/api/waits", params=never) as answer:
                        return answer.status

                asking = asyncio.create_task(ask())
                await fresh.until(lambda: len(fresh.of("waits")) == begun)
                return asking

            first, second = await waits(1), await waits(2)
            assert (await first, await second) == (500, 500)
            async with http.post("/api/echo/a/b", data=b"{}") as served:
                assert served.status == 202
        said = (tmp_path / "host.log").read_text(encoding="utf-8")

    assert said.count("FunctionTimeoutException") == 1
    assert said.count("another function ran into its time-out") == 1
