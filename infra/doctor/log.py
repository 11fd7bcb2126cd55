"""The log: as many partitions as the settings say, a group for each consumer, and nothing dropped too early."""

import asyncio
from datetime import timedelta
from typing import Any

from azure.eventhub.aio import EventHubConsumerClient
from azure.eventhub.exceptions import EventHubError

from infra.doctor.patient import Complaint, Finding, Patient, Unseen
from shared.adapters.connections import Identity
from shared.adapters.identity import credential
from shared.adapters.names import EVENTS_HUB, FOLLOWERS
from shared.kernel.lag import progress_name

PATIENCE = 15.0
SILENCE = 4.0
# A reader beside that of a trigger is turned away by these: its group is there, and somebody reads it.
TAKEN = ("stolen", "resource-limit-exceeded")


async def partitions(patient: Patient) -> Complaint | None:
    """Compare the numbers: another one sends a stream to another partition, and breaks its order."""
    wanted = {name: hub["partitions"] for name, hub in patient.names["hubs"].items()}
    wanted[EVENTS_HUB] = patient.settings.event_partitions
    wrong = []
    for hub, expected in wanted.items():
        async with _reader(patient, hub, "$Default") as client:
            found = len(await client.get_partition_ids())
        if found != expected:
            wrong.append(f"{hub} has {found}, and {expected} are expected")
    if not wrong:
        return None
    return Complaint(
        "; ".join(wrong),
        "set EVENT_PARTITIONS and names.json to what the hub has; a hub keeps its number for ever",
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
    """See that the log has kept every event until every consumer had handled it, and for the whole window.

    The hub does not tell readers its retention: an event that is older than the window proves it.
    """
    extents = await patient.log.extents()
    for consumer in FOLLOWERS:
        for partition, (first, _) in enumerate(extents):
            noted = await patient.progress.read(progress_name(consumer, partition))
            if noted is not None and int(noted) + 1 < first:
                return Complaint(
                    f"the log has dropped {first - int(noted) - 1} events of partition {partition} that"
                    f" {consumer} has not handled",
                    "the sweep sends them again, wait for it; then raise the retention of the hub above the"
                    " longest standstill that you want to survive",
                )
    window = timedelta(hours=patient.names["hubs"][EVENTS_HUB]["retentionHours"])
    oldest = await asyncio.gather(
        *(
            patient.log.time_after(partition, first - 1)
            for partition, (first, last) in enumerate(extents)
            if last >= first
        )
    )
    if any(time and patient.now() - time >= window for time in oldest):
        return None
    return Unseen(
        f"no event in the log is {window / timedelta(hours=1):.0f} hours old, as names.json promises that it"
        " may become: compare with what `az eventhubs eventhub show --query retentionDescription` says"
    )


def _reader(patient: Patient, hub: str, group: str) -> EventHubConsumerClient:
    connection = patient.settings.event_hubs
    options: dict[str, Any] = {"consumer_group": group, "eventhub_name": hub, "retry_total": 0}
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
                # An empty hub says nothing, and a refusal comes sooner than that.
                max_wait_time=SILENCE,
            )
        )
        try:
            async with asyncio.timeout(PATIENCE):
                return await answered
        except (TimeoutError, EventHubError):
            return False
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
