"""A fault of the rows that may pass ends no rebuild from the log, and neither do partitions that are empty."""

import pytest

from shared.adapters.memory import MemoryLog, MemoryRows
from shared.kernel.errors import StoreThrottled
from shared.kernel.ports import StoredRow
from shared.kernel.views.view import RowKey
from tests.consumers.replay.archived import ArchivedDesk, archived


class Busy(MemoryRows):
    """Rows of which one cannot be read at first."""

    busy = True

    async def read(self, at: RowKey) -> StoredRow | None:
        if self.busy and at == RowKey("stock~1", "SKU3", "item-SKU3"):
            raise StoreThrottled("busy")
        return await super().read(at)


async def test_what_may_pass_is_raised_and_its_page_comes_again() -> None:
    rows = Busy()
    desk = await archived(rows=rows)
    await desk.begin_from_log()

    with pytest.raises(BaseExceptionGroup) as raised:
        await desk.run()
    rows.busy = False
    await desk.run()

    assert raised.group_contains(StoreThrottled)
    assert await desk.phase() == "serving"
    assert desk.data("stock~1") == desk.data("stock")


async def test_partitions_that_never_held_anything_are_full_at_once() -> None:
    desk = ArchivedDesk()
    desk.world.log = MemoryLog(partitions=2)
    await desk.begin_from_log()

    await desk.run()

    assert await desk.phase() == "serving"
