"""CPU of a warm command, of an empty function and of a bare create_item, in interleaved rounds of one process.

Prints as JSON the medians in microseconds, and how many functions each calls; the store is the one of the settings
COSMOS and EVENTHUBS.
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

from emulators.host import worker
from emulators.host.protos import RpcHttp, TypedData
from emulators.host.worker import Retry
from shared.adapters import names
from shared.adapters.cosmos.client import container, open_client
from shared.adapters.cosmos.codec import to_item
from shared.adapters.settings import Settings
from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from tests.bench.calls import Calls

ROUNDS = 5
EACH = 200
COUNTED = 21
TIME = "2026-11-23T12:00:00.000000Z"


async def measure() -> dict[str, float]:
    functions = {f.name: f for f in await worker.index(Path(__file__).parent / "app")}
    client = await open_client(Settings.read())
    events = container(client, names.EVENTS)
    sku = f"bench-{uuid4()}"

    async def invoke(function: str, command: str, body: dict[str, object]) -> None:
        params = {"category": "item", "id": sku, "command": command}
        http = RpcHttp(
            method="POST",
            url=f"http://127.0.0.1:7071/api/item/{sku}/{command}",
            headers={"content-type": "application/json", "idempotency-key": str(uuid4())},
            params=params,
            body=TypedData(bytes=json.dumps(body).encode()),
        )
        given = TypedData(http=http)
        answer = await worker.invoke(
            functions[function], "req", given, {}, retry=Retry(), id_=str(uuid4())
        )
        returned = answer.return_value
        assert returned is not None, answer.result
        assert returned.http.status_code == "200", returned.http.body

    async def create() -> None:
        await events.create_item(items.pop())

    await invoke("command", "register-item", {"name": "Teapot", "reorderPoint": 2})
    kinds: dict[str, Callable[[], Awaitable[None]]] = {
        "empty": lambda: invoke("empty", "x", {"quantity": 1}),
        "create": create,
        "command": lambda: invoke("command", "receive-stock", {"quantity": 1}),
    }
    items = [bare_item(f"bare-{uuid4()}") for _ in range(2 * ROUNDS * EACH + COUNTED)]
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        # Call by call, each behind a request: what follows on a network finds cold caches, and so must all three.
        spent = dict.fromkeys(kinds, 0.0)
        for _ in range(EACH):
            for name in ("create", "empty", "create", "command"):
                begun = time.process_time()
                await kinds[name]()
                spent[name] += time.process_time() - begun
        spent["create"] /= 2
        rounds.append(spent)
    calls: dict[str, float] = {f"{name} calls": await counted(kinds[name]) for name in kinds}
    await client.close()
    return calls | {
        name: round(statistics.median(spent[name] for spent in rounds) / EACH * 1e6)
        for name in kinds
    }


async def counted(call: Callable[[], Awaitable[None]]) -> int:
    """Count the calls of functions, in the middle of several runs: an answer may come in one piece or in two."""
    found: list[int] = []
    for _ in range(COUNTED):
        with Calls() as calls:
            await call()
        found.append(calls.count)
    return round(statistics.median(found))


def bare_item(stream: str) -> dict[str, object]:
    """Make an item as large as that of a command."""
    metadata = Metadata(correlation_id=stream, causation_id=stream)
    event = RecordedEvent(type="StockReceived", schema_number=1, data={"quantity": 1})
    return to_item(Commit(stream, 1, stream, "0" * 64, (event,), metadata, TIME))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())), flush=True)
    os._exit(0)
