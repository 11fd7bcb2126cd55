"""A partner: a process that is told of orders over a webhook, and that is not always well.

It writes a line of JSON for each delivery: the id of the notification, and whether it was taken.
"""

import argparse
import asyncio
import json
import random
import sys
import zlib

from aiohttp import web

BUSY, LATE = 0.2, 0.05
REFUSED_OF = 40
"""It has no use for one notification in so many, and says so for good."""


class Partner:
    """Answers deliveries: most at once, some late, some not now, a few never."""

    def __init__(self, seed: int, late: float) -> None:
        self._dice = random.Random(f"{seed}/partner")  # noqa: S311 - dice
        self._late = late

    async def agree(self, request: web.Request) -> web.Response:
        """Answer the handshake of CloudEvents."""
        origin = request.headers["WebHook-Request-Origin"]
        return web.Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})

    async def take(self, request: web.Request) -> web.Response:
        """Take a notification, or do not."""
        id_: str = json.loads(await request.read())["id"]
        if zlib.crc32(id_.encode()) % REFUSED_OF == 0:
            return _said(id_, "refused", 400)
        chance = self._dice.random()
        if chance < BUSY:
            return _said(id_, "busy", 503)
        if chance < BUSY + LATE:
            _said(id_, "late", 200)
            await asyncio.sleep(self._late)
            return web.Response()
        return _said(id_, "taken", 200)


def _said(id_: str, said: str, status: int) -> web.Response:
    print(json.dumps({"id": id_, "said": said}), flush=True)
    return web.Response(status=status)


async def serve(given: argparse.Namespace) -> None:
    """Serve until the standard input ends: the demo is over then."""
    partner = Partner(given.seed, given.late)
    app = web.Application()
    app.router.add_route("OPTIONS", "/notifications", partner.agree)
    app.router.add_post("/notifications", partner.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/notifications"
    print(json.dumps({"ready": url}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


def main() -> None:
    """Serve as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.shop.partner", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--late", type=float, required=True, help="seconds of a late answer")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
