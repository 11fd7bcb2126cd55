"""The Event Hubs trigger: batches of one partition, one after the other, partitions in parallel.

After the function ran, with all its retries, the checkpoint is taken whether or not it succeeded, as in Azure.
"""

import asyncio
import json
import ssl
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from azure.eventhub import EventData, LoadBalancingStrategy
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext
from azure.eventhub.exceptions import EventHubError

from emulators.host.checkpoints import Checkpoints
from emulators.host.configuration import connection, resolve
from emulators.host.errors import ConfigurationError
from emulators.host.event_values import properties, system_properties
from emulators.host.invocations import Input, Invoker
from emulators.host.protos import TypedData
from emulators.host.rules import Function

PULSE = 0.05
EXPIRATION = 120
LOOKS = 30
"""Seconds between two looks at who owns which partition."""
QUIET = 5.0
"""So many seconds a listener waits for its hub before it says so."""


class EventHubListener:
    """Listens to one hub for one function."""

    def __init__(
        self,
        function: Function,
        invoker: Invoker,
        checkpoints: Checkpoints,
        knobs: Mapping[str, Any],
    ) -> None:
        self._function = function
        self._invoker = invoker
        self._knobs = knobs
        self._trigger: Mapping[str, Any] = function.trigger
        self._group = resolve(function.name, self._trigger.get("consumerGroup") or "$Default")
        self._hub = resolve(function.name, self._trigger["eventHubName"])
        self._checkpoints = checkpoints
        self._expiration = max(2.0, EXPIRATION / invoker.pace)
        self._position = starting_position(knobs.get("initialOffsetOptions", {}))
        self._client = EventHubConsumerClient.from_connection_string(
            connection(function.name, self._trigger["connection"]),
            self._group,
            eventhub_name=self._hub,
            checkpoint_store=checkpoints,
            load_balancing_strategy=LoadBalancingStrategy.GREEDY,
            load_balancing_interval=max(0.5, LOOKS / invoker.pace),
            partition_ownership_expiration_interval=self._expiration,
            ssl_context=_trusted(),
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._partitions: set[str] = set()
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; `ready` is set once every partition is open here or with another host."""
        works = (self._receive(), self._complain())
        self._tasks = [asyncio.create_task(work) for work in works]

    async def stop(self) -> None:
        """End; a batch whose function was not done is not acknowledged."""
        await self._client.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _receive(self) -> None:
        while not self._partitions:
            try:
                self._partitions = set(await self._client.get_partition_ids())
            except EventHubError:
                # It may start beside the host; `_complain` says what this waits for.
                await asyncio.sleep(PULSE)
        self._tasks.append(asyncio.create_task(self._watch()))
        await self._client.receive_batch(
            self._on_batch,
            max_batch_size=int(self._knobs.get("maxEventBatchSize", 100)),
            prefetch=int(self._knobs.get("prefetchCount", 300)),
            starting_position=self._position,
        )

    async def _watch(self) -> None:
        while not self.ready.is_set():
            if self._missing():
                await asyncio.sleep(PULSE)
            else:
                self.ready.set()

    def _missing(self) -> set[str]:
        elsewhere = self._checkpoints.owned_elsewhere(self._hub, self._group, self._expiration)
        return self._partitions - self._linked() - elsewhere

    def _linked(self) -> set[str]:
        """Name the partitions whose link is open: nothing public of the SDK tells it."""
        return {
            partition
            for processor in self._client._event_processors.values()  # noqa: SLF001
            for partition, consumer in processor._consumers.items()  # noqa: SLF001
            if consumer.running
        }

    async def _complain(self) -> None:
        """Say now and then what the listener waits for: of a group that is not there, the SDK says nothing."""
        while not self.ready.is_set():
            await asyncio.sleep(QUIET)
            if not self._partitions:
                waits = f"for the hub '{self._hub}', which does not say what partitions it has"
            elif missing := ", ".join(sorted(self._missing())):
                group = f"the consumer group '{self._group}' of the hub '{self._hub}'"
                waits = f"for links to {group}, partitions {missing}"
            else:
                return
            print(f"host: {self._function.name} waits {waits}: is it there?", file=sys.stderr)

    async def _on_batch(self, context: PartitionContext, events: list[EventData]) -> None:
        if not self._invoker.closing.is_set():
            await self._invoker.process(
                self._function, self._input(context, events), lambda: self._advance(context, events)
            )
        if self._invoker.closing.is_set():
            # Whoever reads on gets it again, and nobody gets here what comes behind it.
            await asyncio.Event().wait()

    async def _advance(self, context: PartitionContext, events: Sequence[EventData]) -> None:
        """Take the checkpoint, unless the host stops: in whatever way, what runs then comes again."""
        if not self._invoker.closing.is_set():
            await context.update_checkpoint(events[-1])

    def _input(self, context: PartitionContext, events: Sequence[EventData]) -> Input:
        system = [system_properties(event) for event in events]
        keys = [event.partition_key.decode() for event in events if event.partition_key]
        about = {
            "FullyQualifiedNamespace": context.fully_qualified_namespace,
            "EventHubName": context.eventhub_name,
            "ConsumerGroup": self._group,
            "PartitionId": context.partition_id,
            "IsCheckpointingAfterInvocation": True,
        }
        metadata = {
            "PartitionContext": TypedData(json=json.dumps(about)),
            "PartitionKeyArray": _texts(keys),
            "OffsetArray": _texts([one["Offset"] for one in system]),
            "OffsetStringArray": _texts([one["OffsetString"] for one in system]),
            "SequenceNumberArray": TypedData(
                collection_sint64=SimpleNamespace(sint64=[one["SequenceNumber"] for one in system])
            ),
            "EnqueuedTimeUtcArray": TypedData(
                json=json.dumps([one["EnqueuedTimeUtc"] for one in system])
            ),
            "PropertiesArray": TypedData(json=json.dumps([properties(event) for event in events])),
            "SystemPropertiesArray": TypedData(json=json.dumps(system)),
        }
        bodies = SimpleNamespace(bytes=[_body(event) for event in events])
        return TypedData(collection_bytes=bodies), metadata


def starting_position(options: Mapping[str, Any]) -> str | datetime:
    """Return where a partition begins that has no checkpoint; raises ConfigurationError."""
    kind = str(options.get("type", "fromStart")).lower()
    if kind != "fromenqueuedtime":
        return "@latest" if kind == "fromend" else "-1"
    given = options.get("enqueuedTimeUtc", "")
    try:
        return datetime.fromisoformat(given)
    except (TypeError, ValueError) as error:
        told = f"host.json: initialOffsetOptions.enqueuedTimeUtc is {given!r}, and no time"
        raise ConfigurationError(told) from error


@cache
def _trusted() -> ssl.SSLContext:
    # The SDK would read the authorities again for each connection: 16 ms for each of some twenty.
    return ssl.create_default_context()


def _body(event: EventData) -> bytes:
    body: Any = event.body
    return body if isinstance(body, bytes) else b"".join(body)


def _texts(values: list[str]) -> TypedData:
    return TypedData(collection_string=SimpleNamespace(string=values))
