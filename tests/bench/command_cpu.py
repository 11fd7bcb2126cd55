"""CPU of a warm command, of an empty function and of a bare create_item, in interleaved rounds of one process.

Prints the medians in microseconds as JSON; the store is the one of the settings COSMOS and EVENTHUBS.
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

from infra.local.host import worker
from infra.local.host.protos import RpcHttp, TypedData
from infra.local.host.worker import Retry
from shared.adapters import names
from shared.adapters.cosmos.client import container, open_client
from shared.adapters.settings import Settings
from shared.kernel.commit import Commit, Metadata, RecordedEvent, to_item

ROUNDS = 9
EACH = 200
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
        answer = await worker.invoke(functions[function], "req", TypedData(http=http), {}, Retry())
        returned = answer.return_value
        assert returned is not None, answer.result
        assert returned.http.status_code == "200", returned.http.body

    async def create() -> None:
        stream = f"bare-{uuid4()}"
        metadata = Metadata(correlation_id=stream, causation_id=stream, time=TIME)
        event = RecordedEvent(type="StockReceived", schema_number=1, data={"quantity": 1})
        commit = Commit(
            stream=stream,
            version=1,
            command_id=stream,
            command_digest="0" * 64,
            events=(event,),
            metadata=metadata,
        )
        await events.create_item(to_item(commit))

    await invoke("command", "register-item", {"name": "Teapot", "reorderPoint": 2})
    kinds: dict[str, Callable[[], Awaitable[None]]] = {
        "empty": lambda: invoke("empty", "x", {"quantity": 1}),
        "create": create,
        "command": lambda: invoke("command", "receive-stock", {"quantity": 1}),
    }
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, work in kinds.items():
            begun = time.process_time()
            for _ in range(EACH):
                await work()
            seconds[name].append((time.process_time() - begun) / EACH)
    await client.close()
    return {name: round(statistics.median(each) * 1e6) for name, each in seconds.items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())), flush=True)
    os._exit(0)
