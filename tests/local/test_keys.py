"""A stack with keys and two workers, as in Azure: which key opens each route, and that the specs hold over it."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from emulators.host.keys import Keys
from infra.local.stack import SETTINGS
from tests.functions import OPEN
from tests.local.running import Running, running
from tests.reference import ROOT
from tests.specs.clock import NO_CLOCK
from tests.specs.flows_by_http import UNSEEN

COMMANDS = {
    *("command", "stream", "outcome", "outcome_cancel", "causes", "view", "view_list"),
    *("feed_list", "feed", "feed_chain", "feed_page"),
}
OPERATORS = {
    *("command_api_rights", "single_publisher_rights", "consumers_rights"),
    *("lag", "live", "view_rebuild", "audit"),
    *("parked", "release_parked", "skip_parked", "publisher_release", "publisher_skip"),
}
REFUSED = 401


async def test_each_route_asks_for_the_key_of_its_level_and_the_specs_hold_through_them(
    tmp_path: Path,
) -> None:
    options = ("--auth", "--workers", "2")
    async with running(tmp_path / "state", None, ROOT, options) as stack:
        keys = Keys.kept(stack.state)
        opened = await opened_by(stack, {"": "", "function": keys.function, "master": keys.master})

        levels: dict[tuple[str, ...], set[str]] = {}
        for name, found in opened.items():
            levels.setdefault(found, set()).add(name)
        assert levels == {
            ("", "function", "master"): OPEN,
            ("function", "master"): COMMANDS,
            ("master",): OPERATORS,
        }

        told = await held_at(stack.url, keys.master)
        assert f"left out over HTTP: {NO_CLOCK}" in told
        assert f"left out over HTTP: {UNSEEN}" in told
        assert "specs, 0 do not hold" in told

        log = stack.log.read_text()
        assert f"-H 'x-functions-key: {keys.function}' {stack.url}/api/" in log
        assert keys.master in log


async def opened_by(stack: Running, keys: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Ask each route with each key, and return the names of those that open it, by function."""
    found = {}
    async with aiohttp.ClientSession(stack.url) as http:
        for name, trigger in (await triggers()).items():
            path = "/api/" + re.sub(r"\{\*?\w+\}", "none", trigger["route"])
            method = trigger.get("methods", ["GET"])[0]
            statuses = {}
            for key, value in keys.items():
                headers = {"x-functions-key": value} if value else {}
                async with http.request(method, path, headers=headers) as answer:
                    statuses[key] = answer.status
            found[name] = tuple(key for key, status in statuses.items() if status != REFUSED)
    return found


async def triggers() -> dict[str, Any]:
    """Return the triggers of the functions that are called over HTTP, by name."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.host", "--check"),
        *("--app", str(ROOT), "--settings", str(SETTINGS)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    functions = {name: one["trigger"] for name, one in json.loads(said).items()}
    return {name: one for name, one in functions.items() if one["type"] == "httpTrigger"}


async def held_at(url: str, key: str) -> str:
    """Hold the specs as `make spec URL=... SPEC_KEY=...` does; gives what it says when all hold."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.specs", "--url", url),
        cwd=ROOT,
        env={**os.environ, "SPEC_KEY": key},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()
