"""What the doctor says of archive and hub."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.doctor.archive import LATE, archive
from infra.doctor.examination import examine
from infra.doctor.patient import Complaint, Finding, Patient, Unseen
from shared.adapters.memory import MemoryArchive, MemoryLog
from tests.contracts.archives import numbered

SENT = datetime(2026, 11, 30, 12, tzinfo=UTC)
NOBODY: Any = None


class Kept:
    """A log of one partition with a hundred messages, what is archived of it, and a patient with both."""

    def __init__(self) -> None:
        self.log = MemoryLog(1, lambda: SENT)
        self.archive: MemoryArchive | None = MemoryArchive()
        self.later = timedelta(0)

    def keep(self, first: int, last: int) -> None:
        assert self.archive
        self.archive.keep(0, first, numbered(first, last))

    async def patient(self) -> Patient:
        await self.log.send(0, [one.body for one in numbered(0, 99)])
        return Patient(
            names={},
            settings=NOBODY,
            environment=None,
            functions={},
            host={},
            cosmos=NOBODY,
            hubs={"events": self.log},
            archive=self.archive,
            progress=NOBODY,
            apps=[],
            now=lambda: SENT + self.later,
        )

    async def finding(self) -> Finding:
        return await archive(await self.patient())


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.mark.parametrize("begin", [0, 50, 100])
async def test_all_is_well_where_the_archive_reaches_into_the_hub(kept: Kept, begin: int) -> None:
    kept.keep(0, 39)
    kept.keep(40, 99)
    kept.keep(100, 99)
    kept.log.expire(0, begin)
    kept.later = 2 * LATE

    assert await kept.finding() is None


async def test_what_is_neither_in_the_archive_nor_in_the_hub_is_named(kept: Kept) -> None:
    kept.keep(0, 39)
    kept.log.expire(0, 50)

    said = await kept.finding()

    assert isinstance(said, Complaint)
    assert "nor in the hub: 40 to 49 of partition 0" in said.wrong


@pytest.mark.parametrize("archived", [0, 60])
async def test_capture_that_does_not_follow_is_told_once_its_time_has_passed(
    kept: Kept, archived: int
) -> None:
    kept.keep(0, archived - 1)
    kept.later = LATE
    assert await kept.finding() is None

    kept.later += timedelta(seconds=1)
    said = await kept.finding()

    assert isinstance(said, Complaint)
    assert f"of partition 0 from {archived} on" in said.wrong


async def test_an_archive_that_begins_late_is_said_to(kept: Kept) -> None:
    kept.keep(20, 99)

    said = await kept.finding()

    assert isinstance(said, Unseen)
    assert "partition 0 at 20" in said.why


async def test_where_there_is_no_archive_that_is_said(kept: Kept) -> None:
    kept.archive = None

    said = await kept.finding()

    assert isinstance(said, Unseen)
    assert "ARCHIVE" in said.why


async def test_an_archive_that_does_not_answer_is_a_complaint(kept: Kept) -> None:
    assert kept.archive
    kept.archive.away = True

    [(_, said)] = [one async for one in examine(await kept.patient(), {"archive": archive})]

    assert isinstance(said, Complaint)
    assert "cannot be checked: the archive does not answer" in said.wrong
