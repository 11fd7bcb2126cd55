"""What every event store promises: the memory twin and Cosmos DB are held to the same."""

import asyncio
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy

from emulators.tests.serving import Services
from shared.adapters.cosmos.codec import state_item, to_item
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.kernel.errors import StoreRefused, UnreadableCommit
from shared.kernel.messages.commit import Commit, KeptState, RecordedEvent, StoredSnapshot
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, EventStore
from tests.adapters.emulators import fresh_container
from tests.kernel.asking import whole
from tests.kernel.worlds import TEAPOT, commit, received

CUP = StreamName("item", "cup")


@pytest.fixture
async def snapshots(services: Services) -> AsyncIterator[ContainerProxy]:
    async with fresh_container(services, like="snapshots") as container:
        yield container


async def filled(store: EventStore, versions: int) -> list[Commit]:
    commits = [commit(version, received(version)) for version in range(1, versions + 1)]
    for one in commits:
        assert await store.append([one]) == Appended()
    return commits


async def test_what_is_appended_is_read_in_order_and_whole(store: EventStore) -> None:
    first, second = commit(2, received(1), received(2)), commit(3, received(3))
    await store.append([first])
    await store.append([second])

    assert await whole(store, TEAPOT) == [first, second]
    assert await whole(store, TEAPOT, 2) == [second]
    assert await whole(store, TEAPOT, 3) == []


async def test_a_read_can_be_limited_and_gone_on_with(store: EventStore) -> None:
    commits = await filled(store, 7)

    first = await store.read(TEAPOT, limit=3)
    assert (first.commits, first.more) == (commits[:3], True)
    last = await store.read(TEAPOT, 3, limit=5)
    assert (last.commits, last.more) == (commits[3:], False)


async def test_a_page_of_large_commits_is_shorter_and_nothing_is_passed_over(
    store: EventStore,
) -> None:
    large = RecordedEvent("StockReceived", 1, {"quantity": 1, "note": "x" * 900_000})
    commits = [commit(version, large) for version in range(1, 9)]
    for one in commits:
        await store.append([one])

    assert [page.version for page in await whole(store, TEAPOT)] == list(range(1, 9))
    first = await store.read(TEAPOT, limit=8)
    assert first.more or len(first.commits) == 8


async def test_a_stream_is_empty_before_its_first_event(store: EventStore) -> None:
    assert await whole(store, TEAPOT) == []
    assert (await store.find(TEAPOT, 0, ["c"])).commits == []


async def test_streams_do_not_see_one_another(store: EventStore) -> None:
    mine, other = commit(1, command_id="c"), commit(1, command_id="c", stream=CUP)

    assert await store.append([mine]) == Appended()
    assert await store.append([other]) == Appended()
    assert await whole(store, TEAPOT) == [mine]
    assert await whole(store, CUP) == [other]


async def test_a_version_is_taken_once(store: EventStore) -> None:
    taken = commit(1, command_id="first")
    await store.append([taken])

    assert await store.append([commit(1, command_id="second")]) == Collided()
    assert await whole(store, TEAPOT) == [taken]


async def test_a_command_id_is_taken_once_in_its_stream(store: EventStore) -> None:
    taken = commit(1, command_id="first")
    await store.append([taken])

    assert await store.append([commit(2, command_id="first")]) == Collided()
    assert await whole(store, TEAPOT) == [taken]


async def test_commits_appended_together_are_all_there_or_none_is(store: EventStore) -> None:
    together = [commit(1), commit(3, received(2), received(3)), commit(4)]
    assert await store.append(together) == Appended()
    assert await whole(store, TEAPOT) == together

    clashing = [commit(5), commit(6, command_id="command-1")]
    assert await store.append(clashing) == Collided()
    assert await whole(store, TEAPOT) == together


async def test_the_tail_and_the_commits_of_commands_are_found_at_once(store: EventStore) -> None:
    commits = await filled(store, 6)

    found = await store.find(TEAPOT, 4, ["command-2", "command-5", "nobody"])

    assert found.commits == [commits[1], commits[4], commits[5]]


async def test_of_many_writers_at_one_version_one_wins(store: EventStore) -> None:
    rivals = [commit(1, command_id=f"rival-{number}") for number in range(10)]

    results = await asyncio.gather(*(store.append([rival]) for rival in rivals))

    assert results.count(Appended()) == 1
    assert await whole(store, TEAPOT) == [rivals[results.index(Appended())]]


async def test_a_long_stream_is_read_whole(store: EventStore) -> None:
    for start in range(1, 2401, 100):
        await store.append([commit(version) for version in range(start, start + 100)])

    assert [c.version for c in await whole(store, TEAPOT)] == list(range(1, 2401))


@pytest.mark.parametrize("text", ['Tee "für" zwei', "茶 \U0001fad6", "'; DROP", "line\nbreak"])
async def test_texts_come_back_as_they_were(store: EventStore, text: str) -> None:
    named = commit(1, command_id="named")
    named = replace(named, events=(replace(named.events[0], data={"name": text}),))
    await store.append([named])

    assert [to_item(c) for c in await whole(store, TEAPOT)] == [to_item(named)]


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_what_is_too_large_for_the_store_is_refused_for_good(store: EventStore) -> None:
    large = replace(received(1), data={"name": "é" * 180_000})
    commits = [commit(version, large) for version in (1, 2)]
    one = commit(1, replace(large, data={"name": "é" * 1_100_000}))
    assert store.limits.size_of(one) > store.limits.bytes

    for refused in (commits, [one]):
        with pytest.raises(StoreRefused) as caught:
            await store.append(refused)
        assert not caught.value.transient
    assert await whole(store, TEAPOT) == []
    assert await store.append(commits[:1]) == Appended()


async def test_the_last_commits_are_found_of_all_or_through_a_version(store: EventStore) -> None:
    await store.append([commit(1)])
    await store.append([commit(4, received(2), received(3), received(4))])
    await store.append([commit(5)])

    async def last(limit: int, through: int | None = None) -> list[int]:
        return [one.version for one in (await store.tail(TEAPOT, limit, through)).commits]

    assert await last(2) == [4, 5]
    assert await last(9) == [1, 4, 5]
    assert await last(2, through=4) == [1, 4]
    assert await last(2, through=3) == [1]
    assert await last(2, through=0) == []


async def test_a_snapshot_rides_in_a_commit(store: EventStore) -> None:
    state = {"available": 7, "reserved": {"r1": 3}, "name": None}
    carrying = replace(commit(1), snapshot=StoredSnapshot(schema_name="item/1", state=state))

    await store.append([carrying])

    assert (await store.tail(TEAPOT, 1)).commits == [carrying]


async def test_an_item_that_is_none_is_named_with_what_stands_before_it(services: Services) -> None:
    async with fresh_container(services, like="events") as container:
        store = CosmosEventStore(container)
        commits = await filled(store, 2)
        await container.create_item({**to_item(commit(4, received(1), received(2))), "events": 7})

        with pytest.raises(UnreadableCommit, match="0000000000000003") as raised:
            await store.read(TEAPOT, after=1, limit=9)

        found = raised.value
        assert (found.first, found.version, found.before) == (3, 4, 1)
        assert (await store.read(TEAPOT, 1, limit=found.before)).commits == commits[1:]
        assert (await store.read(TEAPOT, found.version, limit=9)).commits == []


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_large_state_is_kept_in_place_of_the_last_one(store: EventStore) -> None:
    reserved = {f"order-{number}/SKU{number}": number for number in range(100_000)}
    kept = KeptState(
        "item-teapot", 7, "command-7", StoredSnapshot("item/1", {"reserved": reserved})
    )
    assert await store.kept(TEAPOT) is None

    await store.keep(replace(kept, version=3))
    await store.keep(kept)

    assert await store.kept(TEAPOT) == kept
    assert await store.kept(CUP) is None
    assert (await whole(store, TEAPOT)) == []


PACKED = state_item(KeptState("item-teapot", 7, "c7", StoredSnapshot("item/1", {"available": 1})))
LIST = b64encode(zlib.compress(b"[]")).decode()
NO_JSON = b64encode(zlib.compress(b"{")).decode()
NONE: list[Any] = ["", "x", "e30=", "\u00e9", 7, {}, LIST, NO_JSON]


@pytest.mark.parametrize(
    "broken",
    [
        *({name: None} for name in ("version", "commandId", "schema", "state")),
        *({"state": state} for state in NONE),
        {"schema": 1},
        {"version": "seven"},
    ],
    ids=str,
)
async def test_a_kept_state_that_nobody_can_read_is_none(
    snapshots: ContainerProxy, broken: dict[str, Any]
) -> None:
    store = CosmosEventStore(snapshots, snapshots=snapshots)
    item = {**PACKED, "id": "item-cup", "stream": "item-cup", **broken}
    await snapshots.upsert_item(item)
    await snapshots.upsert_item({"id": "item-teapot", "stream": "item-teapot"})

    assert await store.kept(CUP) is None
    assert await store.kept(TEAPOT) is None
    await snapshots.upsert_item(PACKED)
    assert await store.kept(TEAPOT) is not None
