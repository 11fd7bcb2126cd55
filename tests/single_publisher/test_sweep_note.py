"""The note of the sweep is one item of the store: it never grows beyond that, and nothing is forgotten for it."""

import json

import pytest

from shared.adapters.memory import MemoryProgress
from shared.adapters.size_limits import LARGEST_WRITE
from shared.kernel.delivery.parking import Parked
from shared.kernel.delivery.sweep_note import Again, SweepNote, read_note
from shared.kernel.errors import StoreRefused
from shared.kernel.messages.stream import StreamName
from single_publisher import sweep
from tests.kernel.asking import NOON
from tests.single_publisher.sweeping import STREAMS, World, delivered

PUBLISHER = "single_publisher"
LONGEST = StreamName("c" * 50, "x" * 100)


class Limited(MemoryProgress):
    """Refuses what is larger than an item may be, as the store does."""

    largest = LARGEST_WRITE

    async def write(self, name: str, position: str) -> None:
        if len(json.dumps({"id": name, "position": position})) > self.largest:
            raise StoreRefused("413")
        await super().write(name, position)


def size_of(note: SweepNote) -> int:
    """Count the bytes of a note as it is sent."""
    return len(json.dumps({"id": "sweep", "position": note.model_dump_json()}))


def test_as_many_streams_as_are_held_fit_into_an_item_whatever_they_are_called() -> None:
    held = {f"{LONGEST}"[:-5] + f"{n:05}": n for n in range(sweep.MOST_HELD)}
    note = SweepNote(
        places={f"{n:032X}-{n + 1:032X}": "x" * 1_000 for n in range(200)},
        again={one: Again(version=10**15 - 1, sent=NOON) for one in held},
    )

    assert size_of(note) < LARGEST_WRITE


async def waiting_for_the_publisher(held: int, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a world whose log has nothing of four streams, of which three wait for an operator."""
    monkeypatch.setattr(sweep, "MOST_HELD", held)
    world = World()
    world.progress = progress = Limited()
    progress.largest = size_of(
        SweepNote(
            places={"-FF": "48"},
            again={str(one): Again(version=8, sent=NOON) for one in STREAMS[:held]},
        )
    )
    await delivered({"SKU0": 0, "SKU1": 0, "SKU2": 0, "SKU3": 0}, world)
    for stream in STREAMS[:3]:
        await world.parking.park(Parked(PUBLISHER, str(stream), 1, 1, "too large", NOON))
    return world


async def test_a_range_waits_in_front_of_what_the_note_has_no_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await waiting_for_the_publisher(2, monkeypatch)

    for _ in range(3):
        swept = await world.sweep()
        await world.deliver()
        assert swept.proven == 0
        assert len((await read_note(world.progress)).again) == 2

    # What waits for nobody is sent all the same.
    assert await world.seen() == [0, 0, 0, 8, 8, 8]


async def test_what_there_was_no_room_for_is_sent_when_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await waiting_for_the_publisher(2, monkeypatch)
    await world.sweep()

    for stream in STREAMS[:3]:
        parked = await world.parking.find(PUBLISHER, str(stream))
        assert parked
        await world.parking.unpark(parked)
    for _ in range(4):
        await world.sweep()
        await world.deliver()

    assert await world.seen() == [8] * 6
    assert (await read_note(world.progress)).again == {}
    assert (await world.sweep()).proven == 0


async def test_a_note_with_room_for_all_that_waits_holds_up_no_range(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await waiting_for_the_publisher(4, monkeypatch)

    assert (await world.sweep()).proven == 48
