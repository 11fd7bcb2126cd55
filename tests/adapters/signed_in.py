"""Writes to the store and the log as the settings of the environment say, and prints what both hold then."""

import asyncio
import json
import os
import sys

import certifi

from shared.adapters import wiring
from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import whole

TIME = "2026-11-23T12:00:00.000000Z"


async def write() -> dict[str, object]:
    store, log, reader = await wiring.event_store(), await wiring.log(), await wiring.log_reader()
    event = RecordedEvent(type="StockReceived", schema_number=1, data={"quantity": 1})
    await store.append([Commit("item-SKU1", 1, "c", "0" * 64, (event,), Metadata("c", "c"), TIME)])
    await log.send(0, [b"{}"])
    return {
        "commits": len(await whole(store, StreamName("item", "SKU1"))),
        "last": [last for _, last in await reader.extents()],
        "identity": "azure.identity" in sys.modules,
    }


if __name__ == "__main__":
    # The client of the log trusts the authorities of this file, whatever the environment says.
    certifi.where = lambda: os.environ["SSL_CERT_FILE"]
    print(json.dumps(asyncio.run(write())), flush=True)
    os._exit(0)
