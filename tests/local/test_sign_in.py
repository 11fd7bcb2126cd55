"""Who asks, on the local stack: whom the host has signed in, and nobody whom a client makes up."""

import aiohttp

from infra.local.stack import LOCAL_ACTOR
from tests.local.names import Names
from tests.local.running import Running
from tests.local.shopping import ask, post

FORGED = {"X-MS-Client-Principal-Id": "mallory", "X-MS-Client-Principal": "bWFsbG9yeQ=="}


async def test_the_host_says_who_asks_and_no_client(stack: Running, own: Names) -> None:
    async with aiohttp.ClientSession(stack.url) as http:
        path, body = f"/api/item/{own('SKU')}", {"quantity": 1}
        await post(http, f"{path}/register-item", {"name": "Tea", "reorderPoint": 0}, **FORGED)
        signed = {**FORGED, LOCAL_ACTOR: "ann", "Idempotency-Key": "k1"}
        first = await post(http, f"{path}/receive-stock", body, **signed)
        assert await post(http, f"{path}/receive-stock", body, **signed) == first
        async with http.post(
            f"{path}/receive-stock", json=body, headers={"Idempotency-Key": "k1", **FORGED}
        ) as response:
            assert (response.status, (await response.json())["code"]) == (422, "command-id-reused")

        page = await ask(http, f"/api/streams/{first['stream']}")
        actors = [one["metadata"].get("actor") for one in page["commits"]]
        assert actors == [None, "ann"]
