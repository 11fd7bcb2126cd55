"""nginx in front of a running stack, as docs/feeds.md shows it: what it stores, and what it asks for again."""

import asyncio
import getpass
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from emulators.tests.waiting import until
from infra.local.ports import Ports, free_port, is_taken
from infra.local.shop.second import deploy
from infra.local.stack import make_stack
from tests.chaos.following import BUSINESS
from tests.reference import ROOT

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)"),
]

PAGE = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
SHARED = 'PublicFeed("meters", "What meters show", (ReadingTaken,)),'
BOTH = """PublicFeed("meters", "What meters show", (ReadingTaken,), partitions=1, personal=False),
        PublicFeed("own", "The same, for nobody's cache", (ReadingTaken,), partitions=1),"""
EVENTS, FULL = 210, 2
"""They fill so many pages of a chain, and begin another."""


class Origin:
    """Stands between the proxy and the functions, and counts what is asked of them, by path and status."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: Counter[tuple[str, int]] = Counter()

    async def answer(self, request: web.Request) -> web.Response:
        """Hand a request on."""
        headers = {k: v for k, v in request.headers.items() if k in {"Accept", "If-None-Match"}}
        async with (
            aiohttp.ClientSession(self.url) as http,
            http.get(request.path_qs, headers=headers) as found,
        ):
            self.asked[request.path, found.status] += 1
            kept = ("Content-Type", "Cache-Control", "ETag", "Link", "Vary")
            told = {name: found.headers[name] for name in kept if name in found.headers}
            return web.Response(status=found.status, body=await found.read(), headers=told)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """Listen, and give the port."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self.answer)
        runner, port = web.AppRunner(app, access_log=None), free_port()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield port
        finally:
            await runner.cleanup()


@asynccontextmanager
async def nginx(folder: Path, origin: int) -> AsyncIterator[str]:
    """Run what the page shows in front of an origin; gives where it listens."""
    (shown,) = re.findall(r"```nginx\n(.*?)```", PAGE, flags=re.DOTALL)
    port = free_port()
    for there, here in (
        ("127.0.0.1:7071", f"127.0.0.1:{origin}"),
        ("listen 8000;", f"listen 127.0.0.1:{port};"),
        ("/var/cache/nginx/feeds", str(folder / "cache")),
    ):
        assert shown.count(there) == 1, there
        shown = shown.replace(there, here)
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"user {getpass.getuser()};\ndaemon off;\npid {folder / 'pid'};\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{shown}}}\n",
        encoding="utf-8",
    )
    assert NGINX
    process = await asyncio.create_subprocess_exec(
        *(NGINX, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log"))
    )

    async def listens() -> bool:
        assert process.returncode is None, (folder / "error.log").read_text()
        return is_taken(port)

    try:
        await until(listens)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def meters(state: Path) -> AsyncIterator[str]:
    """Run a set with a feed that shared caches may keep, and one that they may not; gives its URL."""
    stack = make_stack(Ports.free(), state)
    stack.app = deploy(state / "app", BUSINESS)
    business = stack.app / "shared" / "domain" / BUSINESS.stem / "__init__.py"
    shipped = business.read_text(encoding="utf-8")
    assert shipped.count(SHARED) == 1
    business.write_text(shipped.replace(SHARED, BOTH), encoding="utf-8")
    try:
        await stack.start()
        yield stack.url
    finally:
        await stack.stop()


async def fill(url: str) -> None:
    """Have a meter read, and wait until both feeds say so."""
    async with aiohttp.ClientSession(url) as http:
        for _ in range(EVENTS):
            async with http.post("/api/meter/m1/read-meter", json={}, raise_for_status=True):
                pass

        async def told(feed: str) -> int:
            async with http.get(f"/api/feeds/{feed}/0") as answer:
                at = re.search(r"/1-(\d+)>; rel=\"prev-archive\"", answer.headers["Link"])
                return (int(at[1]) if at else 0) * 100 + len(await answer.json())

        for feed in ("meters", "own"):
            await until(lambda: told(feed), EVENTS.__eq__)  # noqa: B023 - it ends within the round


async def walk(http: aiohttp.ClientSession, feed: str) -> list[int]:
    """Read a chain from its first page on, as somebody does who comes for the first time."""
    found, url = list[int](), f"/api/feeds/{feed}/0/1-1"
    while url:
        async with http.get(url, raise_for_status=True) as answer:
            found += [event["data"]["reading"] for event in await answer.json()]
            following: Any = (
                answer.links["next-archive"]["url"] if "next-archive" in answer.links else None
            )
            url = following.path if following else ""
    return found


async def test_a_proxy_stores_full_pages_of_what_it_may_and_asks_again_for_all_else(
    tmp_path: Path,
) -> None:
    async with meters(tmp_path / "state") as url:
        await fill(url)
        origin, folder = Origin(url), tmp_path / "nginx"
        folder.mkdir()
        async with (
            origin.serving() as port,
            nginx(folder, port) as proxy,
            aiohttp.ClientSession(proxy) as http,
        ):
            walks = [await walk(http, feed) for feed in ("meters", "own") for _ in range(3)]
            pages = {
                (feed, number): origin.asked[f"/api/feeds/{feed}/0/1-{number}", 200]
                for feed in ("meters", "own")
                for number in range(1, FULL + 2)
            }
            async with http.get("/api/feeds/meters") as first:
                tag = {"If-None-Match": first.headers["ETag"]}
            statuses = []
            for _ in range(3):
                async with http.get("/api/feeds/meters", headers=tag) as answer:
                    statuses.append((answer.status, await answer.read()))

    assert walks == [list(range(1, EVENTS + 1))] * 6
    full = {("meters", number): 1 for number in range(1, FULL + 1)}
    private = {("own", number): 3 for number in range(1, FULL + 1)}
    assert pages == full | private | {("meters", FULL + 1): 3, ("own", FULL + 1): 3}
    assert statuses == [(304, b"")] * 3
    assert origin.asked["/api/feeds/meters", 304] == 3
