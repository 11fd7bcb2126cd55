"""What a partner is told of orders, and what the store says that it should have been told."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from infra.local.stack import ROOT

# Longer than a busy machine needs to answer: what is given up too often outlives its time, and is a dead letter.
TIMEOUT = 2.0
LATE = 4.0
# The emulator waits for an answer for two seconds, and lets an hour of its schedule pass in a second.
OPTIONS = ("--event-grid-pace", "3600", "--event-grid-timeout", str(TIMEOUT))
REFUSED = "UndeliverableDueToHttpBadRequest"
TOLD = {
    "OrderConfirmed": "onewrite.order.confirmed.v1",
    "OrderRejected": "onewrite.order.rejected.v1",
}


@dataclass(slots=True)
class Partnership:
    """The deliveries that a partner told of, its subscription, and its dead letters with the reason of each."""

    subscription: str
    said: Counter[str] = field(default_factory=Counter)
    deliveries: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    dead: dict[str, str] = field(default_factory=dict)

    async def settle(self, within: float) -> None:
        """Wait until nothing is on its way to the partner, or the time is up; list what it refused for good."""
        over = time.monotonic() + within
        async with aiohttp.ClientSession() as http:
            # Nothing tells when the last delivery ends: it has to be asked.
            while await self._waits(http) and time.monotonic() < over:  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.1)
            letters = await _get(http, f"{self.subscription}/deadLetters")
        self.dead = {letter["id"]: letter["deadletterreason"] for letter in letters["value"]}

    async def _waits(self, http: aiohttp.ClientSession) -> bool:
        return bool((await _get(http, self.subscription))["undelivered"])

    def hear(self, line: bytes) -> None:
        """Count a delivery."""
        told = json.loads(line)
        self.said[told["said"]] += 1
        if told["said"] in {"taken", "late"}:
            self.deliveries[told["id"]] += 1
        if told["said"] == "refused":
            self.refused.add(told["id"])


@asynccontextmanager
async def partner(event_grid: str, seed: int) -> AsyncIterator[Partnership]:
    """Start a partner, and subscribe it to confirmed and rejected orders."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.shop.partner"),
        *("--seed", str(seed), "--late", str(LATE)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None or process.stdin is None:
        raise AssertionError("both are pipes")
    webhook = json.loads(await process.stdout.readline())["ready"]
    subscription = f"{_topic(event_grid)}/eventSubscriptions/partner"
    async with aiohttp.ClientSession() as http:
        body = {"properties": _described(webhook)}
        async with http.put(subscription, json=body, raise_for_status=True):
            made = Partnership(subscription)
    listening = asyncio.create_task(_listen(process.stdout, made))
    try:
        yield made
    finally:
        process.stdin.close()
        await process.wait()
        await listening


def unlike(items: Iterable[Mapping[str, Any]], heard: Partnership) -> list[str]:
    """Name the orders that the partner was not told of, or should not have been, or was told otherwise."""
    implied = set(_implied(items))
    taken = heard.deliveries.keys()
    heard_of = taken | heard.refused
    found = heard_of | heard.dead.keys()
    return [
        *(f"the partner was never told {id_}" for id_ in sorted(implied - heard_of)),
        *(f"the partner was told {id_}, and it is not so" for id_ in sorted(found - implied)),
        *(f"{id_} was refused, and taken" for id_ in sorted(heard.refused & taken)),
        *_buried(heard),
    ]


def _buried(heard: Partnership) -> Iterable[str]:
    """Name the dead letters that are not exactly what the partner refused for good."""
    for id_ in sorted(heard.dead.keys() - heard.refused):
        yield f"{id_} is a dead letter, and the partner did not refuse it"
    for id_ in sorted(heard.refused - heard.dead.keys()):
        yield f"{id_} was refused, and is no dead letter"
    for id_, reason in heard.dead.items():
        if reason != REFUSED:
            yield f"{id_} is a dead letter because of {reason}"


def _implied(items: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for item in items:
        first = item["version"] - len(item["events"]) + 1
        for version, event in enumerate(item["events"], start=first):
            if event["type"] in TOLD:
                yield f"{item['stream']}@{version}/{TOLD[event['type']]}"


async def _listen(output: asyncio.StreamReader, heard: Partnership) -> None:
    async for line in output:
        heard.hear(line)


def _topic(event_grid: str) -> str:
    parts = dict(part.split("=", 1) for part in event_grid.split(";"))
    return parts["Endpoint"].removesuffix("/api/events")


def _described(webhook: str) -> dict[str, Any]:
    return {
        "destination": {"endpointType": "WebHook", "properties": {"endpointUrl": webhook}},
        "eventDeliverySchema": "CloudEventSchemaV1_0",
        "filter": {"includedEventTypes": list(TOLD.values())},
        "deadLetterDestination": {
            "endpointType": "StorageBlob",
            "properties": {"resourceId": "storage", "blobContainerName": "dead-letters"},
        },
    }


async def _get(http: aiohttp.ClientSession, url: str) -> Any:  # noqa: ANN401 - JSON
    async with http.get(url, raise_for_status=True) as answer:
        return await answer.json()
