"""Archive and hub are one log: each message once, in order, and what is missing is named and stops it."""

from collections.abc import Callable, Sequence

import pytest

from consumers.replay.holes import LogHole
from consumers.replay.log import Place, WholeLog
from shared.adapters.memory import MemoryArchive, MemoryLog
from shared.kernel.ports import ArchiveUnavailable, NumberedMessage
from tests.consumers.replay.shelves import BEGINNING, archive, given, hub, numbered

THIRTY = list(range(30))


def three_files() -> MemoryArchive:
    return archive(numbered(0, 9), numbered(9, 16), numbered(16, 24))


@pytest.mark.parametrize("begin", [0, 5, 20, 24, 30])
async def test_what_the_archive_and_the_hub_hold_is_given_once_and_in_order(begin: int) -> None:
    files = three_files() if begin < 30 else archive(numbered(0, 30))

    assert await given(WholeLog(hub(30, begin), files)) == THIRTY


async def test_without_an_archive_the_hub_must_hold_everything() -> None:
    assert await given(WholeLog(hub(30))) == THIRTY
    with pytest.raises(LogHole, match="partition 0, the hub: 0 to 2 are missing before 3"):
        await given(WholeLog(hub(30, begin=3)))


async def test_a_partition_that_never_held_anything_is_whole() -> None:
    assert await given(WholeLog(hub(0), archive())) == []


def removed(files: MemoryArchive) -> None:
    del files.kept["0/000001.avro"]


def the_first_removed(files: MemoryArchive) -> None:
    del files.kept["0/000000.avro"]


def the_last_removed(files: MemoryArchive) -> None:
    del files.kept["0/000002.avro"]


def truncated(files: MemoryArchive) -> None:
    files.cut["0/000001.avro"] = 3


def truncated_to_nothing(files: MemoryArchive) -> None:
    files.cut["0/000001.avro"] = 0


def out_of_order(files: MemoryArchive) -> None:
    first, second, *others = files.kept["0/000001.avro"]
    files.kept["0/000001.avro"] = [first, *others[:1], second, *others[1:]]


def turned_round(files: MemoryArchive) -> None:
    files.kept["0/000001.avro"] = files.kept["0/000001.avro"][::-1]


def hollow(files: MemoryArchive) -> None:
    messages = files.kept["0/000001.avro"]
    files.kept["0/000001.avro"] = [*messages[:5], *messages[6:]]


@pytest.mark.parametrize(
    ("damage", "given_before", "told"),
    [
        (removed, 9, "file '0/000002.avro': 9 to 15 are missing before 16"),
        (the_first_removed, 0, "file '0/000001.avro': 0 to 8 are missing before 9"),
        (the_last_removed, 16, "the hub: 16 to 23 are missing before 24"),
        (truncated, 12, "file '0/000001.avro': .*damaged, readable up to 11"),
        (truncated_to_nothing, 9, "file '0/000001.avro': .*nothing in it can be read"),
        (out_of_order, 9, "file '0/000001.avro': 10 to 10 are missing before 11"),
        (turned_round, 9, "file '0/000001.avro': 14 comes behind 15: it is out of order"),
        (hollow, 13, "file '0/000001.avro': 14 to 14 are missing before 15"),
    ],
)
async def test_what_is_wrong_is_named_and_stops_it(
    damage: Callable[[MemoryArchive], None], given_before: int, told: str
) -> None:
    files = three_files()
    damage(files)
    found: list[int] = []

    async def read() -> None:
        async for part in WholeLog(hub(30, begin=24), files).read(0, BEGINNING):
            found.extend(one.number for one in part.messages)

    with pytest.raises(LogHole, match=f"^partition 0, {told}"):
        await read()
    assert found == THIRTY[:given_before]


async def test_what_is_there_twice_overlaps_or_is_empty_falls_out_by_its_number() -> None:
    nine = numbered(0, 9)
    files = archive(
        nine, nine, numbered(3, 7), [], numbered(5, 16), numbered(0, 24), numbered(9, 11)
    )

    assert await given(WholeLog(hub(30, begin=20), files)) == THIRTY


@pytest.mark.parametrize(
    "place", [Place(number=8, file="0/000000.avro"), Place(number=12, file="0/000001.avro")]
)
async def test_it_goes_on_behind_a_place_and_opens_no_file_before_it(place: Place) -> None:
    files = three_files()
    if place.number > 8:
        files.cut["0/000000.avro"] = 0

    assert await given(WholeLog(hub(30, begin=24), files), place) == THIRTY[place.number + 1 :]


async def test_if_the_file_of_a_place_is_gone_the_numbers_still_tell_where_to_go_on() -> None:
    files = archive(numbered(0, 24))

    assert (
        await given(WholeLog(hub(30, begin=24), files), Place(number=12, file="gone"))
        == THIRTY[13:]
    )


async def test_in_the_hub_it_goes_on_without_the_archive() -> None:
    files = MemoryArchive()
    files.away = True
    place = Place(number=26, file="0/000002.avro", in_hub=True)

    assert await given(WholeLog(hub(30, begin=24), files), place) == THIRTY[27:]
    with pytest.raises(ArchiveUnavailable):
        await given(WholeLog(hub(30, begin=28), files), place)


@pytest.mark.parametrize("behind", [8, 23])
async def test_what_leaves_the_hub_meanwhile_is_read_from_the_archive(behind: int) -> None:
    files, held = archive(numbered(0, 9)), hub(24, begin=9 if behind == 8 else 0)
    found: list[int] = []

    async for part in WholeLog(held, files).read(0, BEGINNING):
        found += [one.number for one in part.messages]
        if found[-1] == behind:
            held.messages[0] = [one.body for one in numbered(0, 30)]
            held.expire(0, 28)
            files.keep(0, 1, numbered(9, 20))
            files.keep(0, 2, numbered(20, 28))

    assert found == THIRTY


class Trimmed(MemoryLog):
    """A hub that lets go of what stands before a number while it is read."""

    async def read(self, partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        self.expire(partition, 28)
        return await super().read(partition, after, most)


async def test_what_leaves_the_hub_while_it_is_read_is_looked_for_in_the_archive() -> None:
    held = Trimmed(partitions=1)
    held.messages = hub(30).messages
    place = Place(number=3, in_hub=True)

    assert await given(WholeLog(held, archive(numbered(0, 28))), place) == THIRTY[4:]
    with pytest.raises(LogHole, match="the hub: 4 to 27 are missing before 28"):
        await given(WholeLog(held), place)


async def test_a_hub_that_counts_anew_is_none_that_goes_on() -> None:
    with pytest.raises(
        LogHole, match="the hub: it ends at 9, before 23, which was read: it counts anew"
    ):
        await given(WholeLog(hub(10), three_files()))


async def test_what_comes_while_it_is_read_is_given_too() -> None:
    held, found = hub(5), list[int]()

    async for part in WholeLog(held).read(0, BEGINNING):
        found += [one.number for one in part.messages]
        if len(found) == 5:
            await held.send(0, [b"body 5"])

    assert found == THIRTY[:6]
