"""Lives of many streams, as the store has them and as the log tells of them, some of it late and again."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import batched
from random import Random

from consumers.replay.log import WholeLog
from shared.adapters.memory import MemoryArchive, MemoryLog
from shared.kernel.messages.commit import Commit, Metadata, StoredSnapshot
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import NumberedMessage
from tests.kernel.worlds import commit, received

FILE = 700


def lives(commits: int, streams: int, random: Random) -> Iterator[Commit]:
    """Give commits of all kinds: of several events, caused, taken late, traced, with a snapshot."""
    versions = [0] * streams
    for number in range(commits):
        one = random.randrange(streams)
        events = [received(random.randrange(9)) for _ in range(random.choice((1, 1, 1, 2, 5)))]
        versions[one] += len(events)
        stream = StreamName("item", f"SKU{one}")
        made = commit(versions[one], *events, command_id=f"c{number}", stream=stream)
        metadata = Metadata(
            f"chain-{number % 50}",
            random.choice((made.command_id, f"order-{number}@1")),
            random.choice((None, f"00-{'a' * 32}-{'b' * 16}-01")),
            random.choice((None, "ann", "reaction reserve")),
            random.choice((None, "2026-11-23T11:59:00.000000Z")),
            random.choice((None, "vendor=1")),
        )
        snapshot = StoredSnapshot("item/1", {"n": number}) if number % 50 == 0 else None
        yield replace(made, metadata=metadata, command_digest=f"{number:064x}", snapshot=snapshot)


def logged(history: list[Commit], random: Random) -> WholeLog:
    """Put the events of commits into archive and hub, some of them once more, and some later than what follows."""
    bodies = [body for one in history for body in encode_all(one)]
    for place in random.sample(range(len(bodies)), len(bodies) // 50):
        bodies.insert(random.randrange(len(bodies)), bodies[place])
    for place in random.sample(range(len(bodies) - 100), len(bodies) // 100):
        bodies.insert(place + random.randrange(1, 100), bodies.pop(place))
    messages = [NumberedMessage(*one) for one in enumerate(bodies)]
    archive, log = MemoryArchive(), MemoryLog(partitions=1)
    for window, some in enumerate(batched(messages[: -FILE // 2], FILE, strict=False)):
        archive.keep(0, window, some)
    log.messages[0] = bodies
    log.expire(0, len(bodies) - FILE)
    return WholeLog(log, archive)
