"""What is true at the end of a chaos run: compared by arithmetic that shares no line with the application."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

import aiohttp
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext

from emulators.tests.waiting import in_time
from infra.local.shop import process
from infra.local.shop.oracle import broken_promises, everything, streams, wrong_rows
from shared.adapters.tls import trusted
from tests.chaos.cloud import Cloud
from tests.chaos.listener import untold
from tests.chaos.shoppers import Told, outcome

FAR = 1_800.0
"""Seconds that no answer is late."""


@dataclass
class Findings:
    """What is wrong, by kind; and what was merely counted."""

    lost: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    wrong_rows: list[str] = field(default_factory=list)
    broken_promises: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    commits: int = 0
    messages: int = 0
    duplicates: int = 0
    interrupted: int = 0
    confirmed: int = 0
    orders: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be."""
        return [
            f"{kind}: {found}"
            for kind, all_found in vars(self).items()
            if isinstance(all_found, list)
            for found in all_found
        ]


async def look(cloud: Cloud, told: Told, heard: Sequence[dict[str, Any]], skipped: str) -> Findings:
    """Look at the store, the log, the rows, the parked streams and what others have heard."""
    items = await everything(cloud.cosmos, "events")
    messages = await whole_log(cloud.event_hubs)
    findings = Findings(commits=len(items), messages=len(messages))
    _look_at_log(items, messages, findings)
    parked = [one["id"] for one in await everything(cloud.cosmos, "parked")]
    # What operators have decided stays for ever.
    findings.parked = [id_ for id_ in parked if not id_.startswith("decision:")]
    findings.untold = untold(items, heard, skipped)
    findings.interrupted = sum(
        item["metadata"]["correlationId"] in told.unanswered for item in items
    )
    events = {
        f"{item['stream']}@{item['version'] - number}"
        for item in items
        for number in range(len(item["events"]))
    }
    findings.broken_promises += [f"{key} was never answered" for key in told.never]
    findings.broken_promises += [
        f"{item['stream']}@{item['version']} is of {item['commandId']}, which nobody sent"
        for item in items
        if item["commandId"] not in told.asked
        and item["metadata"]["causationId"] not in told.parcels
        and not _caused(item, events)
    ]
    findings.broken_promises += broken_promises(items, told.answers)
    findings.broken_promises += _refused_and_stored(items, told)
    findings.broken_promises += await _outcomes(cloud, items, told)
    try:
        findings.wrong_rows = wrong_rows(items, await everything(cloud.cosmos, "views"))
        orders = streams(items)
        findings.unfinished = process.broken(orders) + _unheard(orders, told)
        findings.orders = Counter(process.statuses(orders).values())
        findings.confirmed = process.confirmed(orders)
    except AssertionError as broken:
        findings.broken_promises.append(str(broken))
    return findings


def ahead(items: Iterable[dict[str, Any]]) -> int:
    """Count the commits that a host with a wrong clock has dated: far from when the store took them."""
    return sum(
        datetime.fromisoformat(item["metadata"]["time"]).timestamp() - item["_ts"] > FAR
        for item in items
    )


def _look_at_log(
    items: Iterable[dict[str, Any]], messages: Sequence[tuple[str, int]], findings: Findings
) -> None:
    stored = {
        (item["stream"], item["version"] - number)
        for item in items
        for number in range(len(item["events"]))
    }
    seen = Counter(messages)
    findings.lost = [f"{stream}@{version}" for stream, version in sorted(stored - seen.keys())]
    findings.duplicates = len(messages) - len(seen)
    last: dict[str, int] = defaultdict(int)
    for stream, version in dict.fromkeys(messages):
        if version != last[stream] + 1:
            findings.out_of_order.append(f"{stream}@{version} came behind {last[stream]}")
        last[stream] = max(last[stream], version)


def _caused(item: dict[str, Any], events: AbstractSet[str]) -> bool:
    """Tell whether an event caused an item; clients name a command and its cause alike."""
    cause = item["metadata"]["causationId"]
    return cause in events and cause != item["commandId"]


def _refused_and_stored(items: Iterable[dict[str, Any]], told: Told) -> list[str]:
    # A copy of which nobody was told the end may be written after a later one was refused: no falsehood.
    stored = {
        item["commandId"]
        for item in items
        if item["metadata"]["correlationId"] not in told.unanswered | told.unsettled
    }
    return [
        f"{answer.command_id} was told {answer.status}, and is stored"
        for answer in told.answers
        # Who waited was refused by one handler, and a commit past it is told from then on: the outcomes say.
        if answer.version is None and answer.command_id in stored.difference(told.waited)
    ]


async def _outcomes(cloud: Cloud, items: Iterable[dict[str, Any]], told: Told) -> list[str]:
    """Name the commands that waited and of which their status URL does not tell what the store holds."""
    stored = {item["commandId"]: item["version"] for item in items}
    async with aiohttp.ClientSession() as http:
        url = cloud.hosts[0].url
        asked = [outcome(http, url, stream, key) for key, stream in told.waited.items()]
        found = dict(zip(told.waited, await asyncio.gather(*asked), strict=True))
    return [
        f"{key} waited, is told {one}, and is stored at {stored.get(key)}"
        for key, one in found.items()
        if one.get("outcome", "pending") == "pending"
        or (key in stored and (one["outcome"], one["version"]) != ("done", stored[key]))
    ]


def _unheard(orders: Mapping[str, Sequence[dict[str, Any]]], told: Told) -> list[str]:
    """Name the orders whose parcel has left, and that have not heard of it."""
    heard = {"OrderShipped", "DispatchRecorded", "DispatchConflict"}
    return [
        f"order-{order} has not heard that its parcel has left"
        for order in told.parcels.values()
        if heard.isdisjoint(event["type"] for event in orders.get(f"order-{order}", ()))
    ]


async def whole_log(event_hubs: str) -> list[tuple[str, int]]:
    """Read stream and version of every message, partition after partition, in the order of the log."""
    async with EventHubConsumerClient.from_connection_string(
        event_hubs, "$Default", eventhub_name="events", ssl_context=trusted()
    ) as client:
        partitions = await client.get_partition_ids()
        read = await asyncio.gather(*(_partition(client, partition) for partition in partitions))
    return list(chain.from_iterable(read))


async def _partition(client: EventHubConsumerClient, partition: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    extent = await client.get_partition_properties(partition)
    if extent["is_empty"]:
        return found
    end = asyncio.Event()

    async def take(_context: PartitionContext, events: list[EventData]) -> None:
        for event in events:
            envelope = json.loads(event.body_as_str())
            found.append((envelope["subject"], envelope["sequence"]))
        if events and events[-1].sequence_number >= extent["last_enqueued_sequence_number"]:
            end.set()

    reading = asyncio.create_task(
        client.receive_batch(take, partition_id=partition, starting_position="-1")
    )
    async with in_time():
        await end.wait()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    return found
