"""Capture: files of what arrived, by windows of time and size."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.eventhub import EventData
from fastavro import reader

from emulators.database import Database
from emulators.event_hubs import EventHubsServer
from emulators.event_hubs.capture import Capture, Window
from emulators.event_hubs.capture_files import write_file
from emulators.event_hubs.log import SCHEMA, Log, Partition, Stored
from emulators.event_hubs.messages import Event
from emulators.faults import Faults
from emulators.tests.event_hubs.clients import Hub, connection_string
from emulators.tests.waiting import until_true

MINUTE = 60_000
BEGIN = 1_796_082_599_500
"""The 30th of November 2026, 23:49:59.5."""
DATA = b"\x00\x53\x75\xa0\x04"
WINDOW = {"intervalInSeconds": 60, "sizeLimitInBytes": 10_000, "skipEmptyArchives": True}


class Captured:
    """A hub of two partitions that is captured, by a clock that stands still."""

    def __init__(self, folder: Path, **window: Any) -> None:
        self.folder = folder / "capture"
        self.database = Database(folder / "log.sqlite", SCHEMA)
        self.log = Log(self.database)
        self.partitions: dict[str, Partition] = {}
        self.capture = Capture(
            self.folder, self.database, self.log, Window.described({**WINDOW, **window})
        )

    async def open(self, moment: int = BEGIN) -> "Captured":
        self.partitions = dict(await self.log.open("visits", 2))
        await self.capture.open(self.partitions, moment)
        return self

    async def arrive(self, *bodies: bytes, partition: str = "0") -> None:
        events = [Event(None, DATA + body) for body in bodies]
        await self.log.append(self.partitions[partition], events)
        await asyncio.sleep(0)

    def files(self) -> dict[str, list[tuple[int, bytes]]]:
        """Gives numbers and bodies of each file by its path."""
        return {
            file.relative_to(self.folder).as_posix(): [
                (one["SequenceNumber"], one["Body"]) for one in records(file)
            ]
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.avro"))


def records(file: Path) -> list[dict[str, Any]]:
    with file.open("rb") as opened:
        return list(reader(opened))  # type: ignore[arg-type]


@pytest.fixture
def captured(tmp_path: Path) -> Iterator[Captured]:
    made = Captured(tmp_path)
    yield made
    made.database.close()


async def test_a_window_becomes_a_file_when_its_time_has_passed(captured: Captured) -> None:
    await captured.open()
    await captured.arrive(b"one.", b"two.")
    await captured.arrive(b"else", partition="1")

    await captured.capture.end_windows(BEGIN + MINUTE - 1)
    assert captured.files() == {}

    await captured.capture.end_windows(BEGIN + MINUTE)
    await captured.arrive(b"thre")
    await captured.capture.end_windows(BEGIN + 2 * MINUTE)

    assert captured.files() == {
        "emulator/visits/0/2026/11/30/23/49/59.avro": [(0, b"one."), (1, b"two.")],
        "emulator/visits/0/2026/11/30/23/50/59.avro": [(2, b"thre")],
        "emulator/visits/1/2026/11/30/23/49/59.avro": [(0, b"else")],
    }


async def test_a_window_that_is_full_ends_before_its_time(captured: Captured) -> None:
    await captured.open()
    bodies = [b"%04d" % number for number in range(2_600)]
    await captured.arrive(*bodies)

    await captured.capture.end_windows(BEGIN + 700)
    await captured.capture.end_windows(BEGIN + 2 * MINUTE)

    files = captured.files()
    assert [path.rpartition("/23/")[2] for path in files] == [
        "49/59.avro",
        "50/00.avro",
        "50/01.avro",
    ]
    assert [one for file in files.values() for one in file] == list(enumerate(bodies))
    assert [len(file) for file in files.values()] == [1_112, 1_112, 376]


async def test_a_window_without_events_is_a_file_without_records_unless_it_is_skipped(
    captured: Captured, tmp_path: Path
) -> None:
    other = await Captured(tmp_path / "other", skipEmptyArchives=False).open()
    await captured.open()

    await captured.capture.end_windows(BEGIN + MINUTE)
    await other.capture.end_windows(BEGIN + MINUTE)
    other.database.close()

    assert captured.files() == {}
    assert other.files() == {
        "emulator/visits/0/2026/11/30/23/49/59.avro": [],
        "emulator/visits/1/2026/11/30/23/49/59.avro": [],
    }


async def test_after_a_restart_it_goes_on_where_files_end(tmp_path: Path) -> None:
    first = await Captured(tmp_path).open()
    await first.arrive(b"one.")
    await first.capture.end_windows(BEGIN + MINUTE)
    await first.arrive(b"two.")
    first.database.close()

    again = await Captured(tmp_path).open(BEGIN + 5 * MINUTE)
    await again.arrive(b"thre")
    await again.capture.end_windows(BEGIN + 5 * MINUTE)
    again.database.close()

    assert list(again.files().values()) == [[(0, b"one.")], [(1, b"two."), (2, b"thre")]]


async def test_a_file_that_was_not_noted_is_written_again_and_holds_more(tmp_path: Path) -> None:
    first = await Captured(tmp_path).open()
    await first.arrive(b"one.")
    await first.capture.end_windows(BEGIN + MINUTE)
    # Killed behind the file, and before the note of it.
    first.database.reader.execute("DELETE FROM captured")
    first.database.close()

    again = await Captured(tmp_path).open(BEGIN)
    await again.arrive(b"two.")
    await again.capture.end_windows(BEGIN + 2 * MINUTE)
    again.database.close()

    assert list(again.files().values()) == [[(0, b"one."), (1, b"two.")]]


async def test_a_file_has_its_name_once_it_is_whole(tmp_path: Path) -> None:
    path, seen = tmp_path / "0" / "59.avro", []

    async def pages() -> AsyncIterator[list[Stored]]:
        for number in range(3):
            seen.append(path.exists())
            yield [Stored(number, BEGIN, Event(None, DATA + b"body"))]

    await write_file(path, pages())

    assert seen == [False] * 3
    assert [one["SequenceNumber"] for one in records(path)] == [0, 1, 2]
    assert list(path.parent.iterdir()) == [path]


async def test_while_nothing_comes_the_database_is_asked_nothing(captured: Captured) -> None:
    await captured.open()
    await captured.capture.end_windows(BEGIN)
    asked: list[str] = []
    captured.database.reader.set_trace_callback(asked.append)

    for second in range(1, 200):
        await captured.capture.end_windows(BEGIN + second * 1_000)

    assert asked == []


async def test_what_the_sdk_sends_is_in_the_file_with_all_that_it_says(tmp_path: Path) -> None:
    described = {"visits": {"partitions": 1, "capture": {**WINDOW, "intervalInSeconds": 0.1}}}
    server = EventHubsServer(tmp_path, described, Faults())
    hub = Hub("visits", connection_string(await server.serve(0)), Faults())
    event = EventData(b"\x00body")
    event.properties = {"kind": "text", "count": 7, "share": 0.5, "yes": True, "raw": b"\x01"}
    event.message_id = "m1"

    async with hub.producer() as producer:
        await producer.send_batch([event], partition_key="Ada")
    await until_true(lambda: any(files(tmp_path)))
    await server.close()

    [file] = files(tmp_path)
    [record] = records(file)
    assert file.relative_to(tmp_path).parts[:4] == ("capture", "emulator", "visits", "0")
    assert record["SequenceNumber"] == 0
    assert record["Offset"] == "4294967296"
    assert re.fullmatch(r"\d+/\d+/\d{4} \d+:\d\d:\d\d [AP]M", record["EnqueuedTimeUtc"])
    assert record["SystemProperties"]["x-opt-partition-key"] == "Ada"
    assert record["Properties"] == {
        "kind": "text",
        "count": 7,
        "share": 0.5,
        "yes": "True",
        "raw": b"\x01",
    }
    assert record["Body"] == b"\x00body"
