"""The archive: what the hub has dropped is in it, and Capture follows."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import NamedTuple

from infra.doctor.patient import Complaint, Finding, Patient, Unseen
from shared.adapters.names import EVENTS_HUB
from shared.kernel.ports import Archive, ArchivedFile

# Capture ends a window after 5 minutes; as many again pass until its file is there.
LATE = timedelta(minutes=15)
MEND = (
    "see that Capture of the hub is on, and that the namespace has the role 'Storage Blob Data Contributor' on the"
    " container (`azd provision`)"
)


class Held(NamedTuple):
    """The first and the last number that the archive has of a partition; 0 and -1 if it has none."""

    first: int
    last: int


async def archive(patient: Patient) -> Finding:
    """See that no message is missing between archive and hub, and that what comes is captured."""
    if patient.archive is None:
        return Unseen(
            "no setting says where it is (ARCHIVE): only what the hub keeps can be replayed"
        )
    extents = await patient.hubs[EVENTS_HUB].extents()
    held = await asyncio.gather(*(_held(patient.archive, n) for n in range(len(extents))))
    missing = [
        f"{has.last + 1} to {first - 1} of partition {partition}"
        for partition, ((first, _), has) in enumerate(zip(extents, held, strict=True))
        if has.last + 1 < first
    ]
    if missing:
        lost = f"messages are neither in the archive nor in the hub: {'; '.join(missing)}"
        return Complaint(lost, f"they are in the store alone: never rebuild from the log; {MEND}")
    if late := await _late(patient, extents, held):
        return Complaint(f"messages are in no file after {LATE}: of partition {late}", MEND)
    begins = [f"{n} at {has.first}" for n, has in enumerate(held) if has.first > 0]
    if begins:
        return Unseen(f"older files are gone: the archive begins in partition {', '.join(begins)}")
    return None


async def _late(patient: Patient, extents: Sequence[tuple[int, int]], held: Sequence[Held]) -> str:
    """Name the partitions of which messages wait for their file for too long."""
    late = []
    for partition, ((_, last), has) in enumerate(zip(extents, held, strict=True)):
        if has.last < last:
            time = await patient.hubs[EVENTS_HUB].time_after(partition, has.last)
            if time is not None and patient.now() - time > LATE:
                late.append(f"{partition} from {has.last + 1} on")
    return ", ".join(late)


async def _held(archive: Archive, partition: int) -> Held:
    files = [file async for file in archive.files(partition)]
    return Held(await _first(archive, files), await _last(archive, files))


async def _first(archive: Archive, files: Sequence[ArchivedFile]) -> int:
    for file in files:
        async with aclosing(archive.read(file)) as blocks:
            async for block in blocks:
                return block[0].number
    return 0


async def _last(archive: Archive, files: Sequence[ArchivedFile]) -> int:
    last = -1
    for file in reversed(files):
        async for block in archive.read(file):
            last = block[-1].number
        if last >= 0:
            break
    return last
