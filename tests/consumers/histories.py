"""Five items with a history each, and rows that count what is asked of them."""

from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import decode, encode, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import Row, RowKey
from tests.consumers.worlds import World
from tests.kernel.worlds import commit, received

ITEMS = [StreamName("item", f"SKU{number}") for number in range(5)]


def at(stream: StreamName) -> RowKey:
    return RowKey("stock", stream.id, str(stream))


class CountingRows(MemoryRows):
    """Rows that count, and in which another owner of the partition may be first."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.interfere: list[Row] = []

    async def write(self, row: Row, replacing: str | None) -> bool:
        self.writes += 1
        if self.interfere:
            rival = self.interfere.pop()
            found = await super().read(rival.at)
            assert await super().write(rival, found.tag if found else None)
        return await super().write(row, replacing)


async def history() -> tuple[MemoryEventStore, list[bytes]]:
    store = MemoryEventStore()
    written: list[Commit] = []
    for stream in ITEMS:
        for version in range(1, 21):
            written.append(commit(version, received(version), stream=stream))
            await store.append(written[-1:])
    return store, [encode(envelope) for one in written for envelope in envelopes(one)]


def sent(world: World) -> list[int]:
    return [decode(body).sequence for messages in world.log.messages for body in messages]
