"""What REDbot says of our answers: it asks for each again, with conditions and for ranges, as caches do."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from emulators.tests.machine import limit
from tests.local.names import Names
from tests.local.running import Running

# It installs packages from the registry.
pytestmark = pytest.mark.proof

HERE: Final = Path(__file__).parent


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installs REDbot beside the packages of the rest, and gives the folder in which it is."""
    folder = tmp_path_factory.mktemp("redbot")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile")
    install = (*pip, "--disable-pip-version-check", f"--target={folder}", "-r", HERE / "redbot.txt")
    subprocess.run(install, check=True, timeout=limit(300))
    return folder


async def run(tools: Path, tool: Path, *arguments: str, given: bytes = b"") -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(tool), *arguments),
        env={**os.environ, "PYTHONPATH": str(tools)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output = (await process.communicate(given))[0].decode()
    assert process.returncode == 0, output
    return output


async def notes(tools: Path, urls: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    """Gives the status of each URL, and what REDbot notes of it: the level of each note by its name."""
    found = []
    for told in json.loads(await run(tools, HERE / "redbot_asks.py", *urls)):
        (entry,) = told["log"]["entries"]
        levels = {one["note_id"]: one["level"] for one in entry["_red_messages"]}
        found.append((entry["response"]["status"], levels))
    return found


def bad(noted: dict[str, str]) -> list[str]:
    """Gives what is no praise and no remark, but for what only says that the status is no success."""
    return [
        name
        for name, level in noted.items()
        if level not in {"GOOD", "INFO"} and not name.startswith("STATUS_")
    ]


async def stocked(stack: Running, sku: str) -> None:
    async with aiohttp.ClientSession(stack.url) as http:
        for command, body in (
            ("register-item", {"name": "Tea", "reorderPoint": 1}),
            ("receive-stock", {"quantity": 5}),
        ):
            prefer = {"Prefer": "until=projected, wait=30", "Idempotency-Key": command}
            async with http.post(f"/api/item/{sku}/{command}", json=body, headers=prefer) as answer:
                assert answer.status == 200


async def test_caches_and_conditions_work_as_redbot_expects(
    stack: Running, own: Names, tools: Path
) -> None:
    sku = own("TEA")
    await stocked(stack, sku)
    queries = [
        *(f"streams/item-{sku}{query}" for query in ("", "?at=1", "/causes")),
        f"streams/item-{sku}/outcome?command-id=receive-stock",
        *(f"views/stock/{sku}", "views/stock?limit=1", "openapi.json", "docs"),
    ]

    told = await notes(tools, (f"{stack.url}/api/{one}" for one in queries))

    for query, (status, noted) in zip(queries, told, strict=True):
        assert (query, status, bad(noted)) == (query, 200, [])
        assert {"INM_304", "STORE_PRIVATE_CC", "FRESHNESS_NO_CACHE"} <= noted.keys(), query


async def test_of_problems_nothing_is_kept_and_nothing_is_noted(
    stack: Running, own: Names, tools: Path
) -> None:
    wrong = {
        f"streams/item-{own('NONE')}": 404,
        "nowhere": 404,
        "views/stock?limit=0": 400,
        "item/TEA/register-item": 405,
    }

    told = await notes(tools, (f"{stack.url}/api/{one}" for one in wrong))

    for (query, wanted), (status, noted) in zip(wrong.items(), told, strict=True):
        assert (query, status, bad(noted)) == (query, wanted, [])
        assert "STORE_NO_STORE" in noted, (query, sorted(noted))


async def test_what_is_wrong_would_be_noted(tools: Path) -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nCache-Control: max-age=a, no-cache=5\r\nETag: 7\r\nVary: *\r\n"
        b"Content-Length: 0\r\n\r\n"
    )

    said = await run(tools, tools / "bin" / "httplint", given=answer)

    assert "ETag" in said
    assert "[BAD]" in said
