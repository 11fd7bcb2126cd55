"""What must be true of a world, by arithmetic that shares no line with the application."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import from_json

from infra.local.shop import process
from infra.local.shop.oracle import compare, fold, streams
from shared.adapters.cosmos.codec import to_item
from shared.kernel.commands.outcome import Accepted, Forbidden, Outcome, Outdated
from shared.kernel.messages.commit import Commit
from tests.simulation.cloud import Cloud, served_rows
from tests.simulation.following import unfollowed
from tests.simulation.notices import untold
from tests.simulation.pulling import unpulled
from tests.simulation.told import Told
from tests.simulation.trigger import STRETCHES

DERIVED = 36
"""The length of the UUID at the end of an id that an event gives."""


def broken(cloud: Cloud, told: Told) -> list[str]:
    """Name everything that must not be."""
    wrong = broken_anywhere(cloud, told)
    if "notifications" in cloud.readers:
        wrong += untold(cloud.store.commits(), cloud.topic.published)
    if "feeds" in cloud.readers:
        wrong += unpulled(cloud)
    if cloud.following:
        wrong += unfollowed(cloud.following)
    items = [to_item(commit) for commit in cloud.store.commits()]
    try:
        wrong += compare(fold(_without_skipped(cloud, items)), served_rows(cloud.rows))
        wrong += process.broken(streams(items))
    except AssertionError as error:
        wrong.append(str(error))
    return wrong


def broken_anywhere(cloud: Cloud, told: Told) -> list[str]:
    """Name what must not be whatever the business is."""
    wrong = [*told.wrong, *cloud.back, *cloud.watch.wrong]
    wrong += _answers(cloud.store.commits(), told)
    wrong += _log(cloud)
    wrong += [
        f"nobody reads {stretch}, and nobody was told of it"
        for number, stretch in enumerate(STRETCHES)
        if number not in cloud.trigger.leases
    ]
    return wrong + [f"{one.stream} is parked: {one.error}" for one in cloud.parking.markers()]


def _without_skipped(cloud: Cloud, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what was skipped: its version counts, unless nothing has come behind it."""
    skipped, ended = cloud.skipped(), set[str]()
    left: list[dict[str, Any]] = []
    for item in sorted(items, key=lambda item: -item["version"]):
        stream, events = item["stream"], list(item["events"])
        first, version = item["version"] - len(events) + 1, item["version"]
        for place in reversed(range(len(events))):
            if (stream, first + place) not in skipped:
                ended.add(stream)
            elif stream in ended:
                events[place] = {"type": "Skipped", "data": {}}
            else:
                del events[place]
                version -= 1
        if events:
            left.append({**item, "version": version, "events": events})
    return left


def _answers(commits: Sequence[Commit], told: Told) -> list[str]:
    counts = Counter((commit.stream, commit.command_id) for commit in commits)
    stored = {(commit.stream, commit.command_id): commit for commit in commits}
    wrong = [f"{stream}: {key} has {n} effects" for (stream, key), n in counts.items() if n > 1]
    events = {f"{c.stream}@{n}" for c in commits for n in range(c.first, c.version + 1)}
    wrong += [
        f"{stream}: nobody asked for {key}"
        for stream, key in stored.keys() - told.asked.keys() - told.given
        # What an event caused names the event, and who reacts has made its id.
        if stored[stream, key].metadata.causation_id not in events
        or len(key.rpartition(" ")[2]) != DERIVED
    ]
    return wrong + _untrue(stored, told)


def _untrue(stored: Mapping[tuple[str, str], Commit], told: Told) -> list[str]:
    wrong: list[str] = []
    for (stream, key), outcome in told.answers():
        own = stored.get((stream, key))
        if not _is_expected(told.expected.get((stream, key)), outcome):
            answer = f"{type(outcome).__name__} at {outcome.version}"
            wrong.append(f"{stream}: {key} expected another version, and was told {answer}")
        if isinstance(outcome, Accepted) and own != outcome.commit:
            wrong.append(f"{stream}: {key} was told of a commit that is not stored")
        # A copy that was still on its way may be stored later: behind what the negative answer saw.
        elif not isinstance(outcome, Accepted) and own is not None and own.first <= outcome.version:
            wrong.append(
                f"{stream}: {key} was told {type(outcome).__name__}, and was stored already"
            )
    return wrong


def _is_expected(expected: int | None, outcome: Outcome) -> bool:
    """Tell whether an answer may be given to who insists on a version."""
    if isinstance(outcome, Outdated):
        return expected is not None and outcome.version != expected
    # Whether somebody may ask is asked before the version.
    if isinstance(outcome, Forbidden):
        return True
    seen = outcome.commit.first - 1 if isinstance(outcome, Accepted) else outcome.version
    return expected is None or seen == expected


def _log(cloud: Cloud) -> list[str]:
    wrong: list[str] = []
    seen: set[tuple[str, int]] = set()
    homes: dict[str, int] = {}
    for partition, messages in enumerate(cloud.log.messages):
        last: Counter[str] = Counter()
        for body in messages:
            envelope = from_json(body)
            place = envelope["subject"], envelope["sequence"]
            if homes.setdefault(place[0], partition) != partition:
                wrong.append(f"{place[0]}@{place[1]} is in another partition than its stream")
            if place in seen:
                continue
            seen.add(place)
            # What was lost is sent again when later events are there already.
            if place[1] != last[place[0]] + 1 and partition not in cloud.lost:
                wrong.append(f"{place[0]}@{place[1]} is out of order on the log")
            last[place[0]] = max(last[place[0]], place[1])
    stored = {
        (c.stream, version)
        for c in cloud.store.commits()
        for version in range(c.first, c.version + 1)
    }
    lost = sorted(stored - seen)
    return wrong + [f"{stream}@{version} is not on the log" for stream, version in lost]
