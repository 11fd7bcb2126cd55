"""What cannot be a command is a problem in the 400s, through the whole host, and nothing is written."""

import asyncio
import json

import pytest

from infra.local.shop.oracle import everything
from tests.local.names import Names
from tests.local.running import Running

GOOD = b'{"quantity": 1}'
COMMAND = "/api/item/{sku}/receive-stock"
BAD = {
    "no JSON": (COMMAND, b"quantity=1"),
    "an unknown field": (COMMAND, b'{"quantity": 1, "colour": "red"}'),
    "an unknown command": ("/api/item/{sku}/steal-stock", GOOD),
    "an unknown category": ("/api/order/{sku}/receive-stock", GOOD),
    "a negative number": (COMMAND, b'{"quantity": -1}'),
    "a fraction": (COMMAND, b'{"quantity": 1.5}'),
    "infinity": (COMMAND, b'{"quantity": 1e400}'),
    "NaN": (COMMAND, b'{"quantity": NaN}'),
    "true": (COMMAND, b'{"quantity": true}'),
    "a text": (COMMAND, b'{"quantity": "3"}'),
    "a large number": (COMMAND, b'{"quantity": 100000000000000000000}'),
    "deep brackets": (COMMAND, b"[" * 5000 + b"]" * 5000),
    "a body of 2 MB": (COMMAND, b'{"quantity": 1' + b" " * 2_000_000 + b"}"),
    "a long id": ("/api/item/{sku}" + "x" * 2000 + "/receive-stock", GOOD),
    "an id with a slash": ("/api/item/{sku}%2Fb/receive-stock", GOOD),
    "an id with a control character": ("/api/item/{sku}%01b/receive-stock", GOOD),
    "an id with a space": ("/api/item/{sku}%20b/receive-stock", GOOD),
}


async def raw_post(stack: Running, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send exactly these bytes: a client library would mend some of them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.ports.http)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    lines, _, content = answer.partition(b"\r\n\r\n")
    status, *headers = lines.decode().split("\r\n")
    pairs = (line.partition(": ") for line in headers)
    told = {name.lower(): value for name, _, value in pairs}
    if told.get("transfer-encoding") == "chunked":
        # JSON holds no end of line: every second line is a chunk.
        content = b"".join(content.split(b"\r\n")[1::2])
    return int(status.split()[1]), told, content


@pytest.mark.parametrize("name", BAD)
async def test_it_is_told_what_is_wrong_and_nothing_is_written(
    name: str, stack: Running, own: Names
) -> None:
    path, body = BAD[name]

    status, headers, content = await raw_post(stack, path.format(sku=own("SKU")), body)

    problem = json.loads(content)
    assert 400 <= status < 500
    assert headers["content-type"].startswith("application/problem+json")
    assert problem["status"] == status
    assert problem["detail"]
    stored = await everything(stack.cosmos, "events")
    assert [item for item in stored if own("SKU") in item["stream"]] == []
