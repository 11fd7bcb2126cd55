"""The log: as many partitions as the settings say, a group for each consumer, and nothing dropped too early."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from azure.eventhub.aio import EventHubConsumerClient
from azure.eventhub.exceptions import EventHubError

from infra.doctor.patient import Complaint, Finding, Patient, Unseen
from shared.adapters.connections import Identity
from shared.adapters.identity.own_credential import credential
from shared.adapters.names import COMMANDS_HUB, EVENTS_HUB
from shared.adapters.tls import trusted
from shared.kernel.delivery.lag import place_in, progress_name

# The SDK tries to read in a group that is not there again and again, and tells nobody: time alone ends it.
TIMEOUT = 15.0
# An open link to an empty hub says so after this.
SILENCE = 4.0
# A reader beside that of a trigger is turned away by these: its group is there, and somebody reads it.
TAKEN = ("stolen", "resource-limit-exceeded")
RAISE = "then raise the retention of the hub above the longest standstill that you want to survive"
DROPPED = {
    EVENTS_HUB: f"the sweep sends them again, wait for it; {RAISE}",
    # A command that waits is stored nowhere else.
    COMMANDS_HUB: f"have their senders send them again under the same ids, those are `pending` for ever; {RAISE}",
}


async def partitions(patient: Patient) -> Complaint | None:
    """Compare the numbers: another one sends a stream to another partition, and breaks its order."""
    wanted = {name: hub["partitions"] for name, hub in patient.names["hubs"].items()}
    wanted[EVENTS_HUB] = patient.settings.event_partitions
    wanted[COMMANDS_HUB] = patient.settings.command_partitions
    wrong = []
    for hub, expected in wanted.items():
        async with _reader(patient, hub, "$Default") as client:
            found = len(await client.get_partition_ids())
        if found != expected:
            name = patient.settings.hub_name(hub)
            wrong.append(f"{name} has {found}, and {expected} are expected")
    if not wrong:
        return None
    return Complaint(
        "; ".join(wrong),
        "set EVENT_PARTITIONS and COMMAND_PARTITIONS to what the hubs have: a hub keeps its number for ever;"
        " for another number see docs/operations/partitions.md",
    )


async def consumer_groups(patient: Patient) -> Complaint | None:
    """See that each consumer has a group of its own."""
    wanted = [
        (hub, group)
        for hub, described in patient.names["hubs"].items()
        for group in described["consumerGroups"]
    ]
    there = await asyncio.gather(*(_is_there(patient, *one) for one in wanted))
    missing = [
        f"{hub}/{group}" for (hub, group), found in zip(wanted, there, strict=True) if not found
    ]
    if not missing:
        return None
    return Complaint(
        f"there is no consumer group {', '.join(missing)}", "run `azd provision` to make it"
    )


async def retention(patient: Patient) -> Finding:
    """See that each hub has kept all of it until its consumers had handled it, and for the whole window.

    A hub does not tell readers its retention: a message that is older than the window proves it.
    """
    unproven = []
    for hub, described in patient.names["hubs"].items():
        extents = await patient.hubs[hub].extents()
        for consumer in described["consumerGroups"]:
            dropped = await _dropped(patient, hub, consumer, extents)
            if dropped:
                return Complaint(f"{hub} has dropped {dropped}", DROPPED[hub])
        if not await _proven(patient, hub, extents):
            unproven.append(f"{hub} ({described['retentionHours']} hours)")
    if not unproven:
        return None
    return Unseen(
        f"nothing is as old as names.json promises that it may become in {' and '.join(unproven)}:"
        " compare with what `az eventhubs eventhub show --query retentionDescription` says"
    )


async def _dropped(
    patient: Patient, hub: str, consumer: str, extents: Sequence[tuple[int, int]]
) -> str | None:
    moved_to = patient.settings.moved_to(hub)
    for partition, (first, _) in enumerate(extents):
        noted = await patient.progress.read(progress_name(consumer, partition, moved_to))
        handled = place_in(noted)[0] if noted is not None else first - 1
        if handled + 1 < first:
            missing = first - handled - 1
            return f"{missing} messages of partition {partition} that {consumer} has not handled"
    return None


async def _proven(patient: Patient, hub: str, extents: Sequence[tuple[int, int]]) -> bool:
    window = timedelta(hours=patient.names["hubs"][hub]["retentionHours"])
    oldest = await asyncio.gather(
        *(
            patient.hubs[hub].time_after(partition, first - 1)
            for partition, (first, last) in enumerate(extents)
            if last >= first
        )
    )
    return any(time and patient.now() - time >= window for time in oldest)


def _reader(patient: Patient, hub: str, group: str) -> EventHubConsumerClient:
    connection = patient.settings.event_hubs
    options: dict[str, Any] = {
        "consumer_group": group,
        "eventhub_name": patient.settings.hub_name(hub),
        "retry_total": 0,
        "ssl_context": trusted(),
    }
    if isinstance(connection, Identity):
        signs_in = credential(connection)
        return EventHubConsumerClient(connection.address, credential=signs_in, **options)
    return EventHubConsumerClient.from_connection_string(connection, **options)


async def _is_there(patient: Patient, hub: str, group: str) -> bool:
    """Begin to read in a group; a trigger that reads already is not disturbed."""
    answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def tell(*, there: bool) -> None:
        if not answered.done():
            answered.set_result(there)

    async def on_error(_context: object, error: Exception) -> None:
        tell(there=any(word in str(error) for word in TAKEN))

    async def on_event(_context: object, _event: object) -> None:
        tell(there=True)

    async with _reader(patient, hub, group) as client:
        reading = asyncio.create_task(
            client.receive(
                on_event,
                on_error=on_error,
                partition_id="0",
                starting_position="-1",
                prefetch=1,
                max_wait_time=SILENCE,
            )
        )
        try:
            async with asyncio.timeout(TIMEOUT):
                return await answered
        except (TimeoutError, EventHubError):
            return False
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
