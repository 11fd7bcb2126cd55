"""A page in a browser calls the API from another origin: the host answers the preflight, the API the rest."""

import json

import aiohttp

from emulators.tests.machine import limit
from tests.local.names import Names
from tests.local.running import Running, another_host

PAGE = "https://shop.example"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,idempotency-key,prefer,x-functions-key",
}


async def test_a_page_asks_first_then_sends_a_command_and_reads_its_headers(
    stack: Running, own: Names
) -> None:
    path, body = f"/api/item/{own('TEA')}/register-item", {"name": "Tea", "reorderPoint": 1}
    settings = {"CORS_ALLOWED_ORIGINS": json.dumps([PAGE])}
    async with (
        another_host(stack, **settings) as host,
        aiohttp.ClientSession(host.url, timeout=aiohttp.ClientTimeout(limit())) as page,
    ):
        async with page.options(path, headers=PREFLIGHT) as asked:
            granted = dict(asked.headers)
        async with page.post(path, json=body, headers={"Origin": PAGE}) as sent:
            readable = sent.headers["Access-Control-Expose-Headers"].split(", ")
            assert (sent.status, sent.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
            assert "ETag" in readable
        async with page.options(path, headers={**PREFLIGHT, "Origin": "https://else"}) as other:
            assert (other.status, "Access-Control-Allow-Origin" in other.headers) == (204, False)
        async with page.options(path, headers={"Origin": PAGE}) as plain:
            assert (plain.status, plain.headers["Allow"]) == (204, "OPTIONS, POST")
        handshake = {"WebHook-Request-Origin": "eventgrid.azure.net"}
        async with page.options("/api/webhooks", headers=handshake) as greeted:
            assert greeted.headers["WebHook-Allowed-Origin"] == "eventgrid.azure.net"

    assert asked.status == 204
    assert granted["Access-Control-Allow-Origin"] == PAGE
    assert granted["Access-Control-Allow-Methods"] == "POST"
    assert granted["Access-Control-Allow-Headers"] == PREFLIGHT["Access-Control-Request-Headers"]
    assert "Allow" not in granted
