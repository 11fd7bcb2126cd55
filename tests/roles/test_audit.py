"""Operators audit store and log, and see how far that is and what it has found."""

from consumers.replay.audit_note import NOT_STORED
from shared.kernel.delivery.partition import partition_of
from shared.kernel.messages.envelope import encode_all
from tests.kernel.worlds import commit
from tests.roles.wired import Wired, stocked


async def test_operators_audit_store_and_log_and_see_what_is_found(wired: Wired) -> None:
    await stocked(wired)
    stored = len(wired.store.written)
    assert await wired.ask("audit") == (200, {"phase": "none"})
    forged = commit(1)
    partition = partition_of(forged.stream, len(wired.log.messages))
    await wired.log.send(partition, encode_all(forged))

    status, begun = await wired.ask("audit", {})
    assert (status, begun["phase"], begun["counted"]) == (200, "running", 0)
    await wired.tick("rebuild")

    _, found = await wired.ask("audit")
    assert (found["phase"], found["ended"], found["buckets"]) == ("done", 1, 1)
    assert found["messages"] == stored + 1
    assert found["differences"] == [{"stream": forged.stream, "version": 1, "what": NOT_STORED}]
    assert found["counted"] == 1
    assert len(wired.store.written) == stored
