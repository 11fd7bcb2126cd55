"""The plan: what the commands that wait for one stream come to, decided one after another, written together."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_json

from shared.kernel.commands.category import Category, record
from shared.kernel.commands.decider import Refusal
from shared.kernel.commands.loading import Loaded
from shared.kernel.commands.outcome import Negative, Outdated, Refused, Unchanged
from shared.kernel.commands.request import CommandRequest
from shared.kernel.commands.snapshot import LARGEST
from shared.kernel.errors import EventTooLarge
from shared.kernel.messages.commit import Commit, RecordedEvent, StoredSnapshot
from shared.kernel.messages.message import Event, check_numbers

MOST_COMMITS = 100
"""So many operations fit into a transactional batch of Cosmos DB."""

LARGEST_BATCH = 1_800_000
"""Bytes: a batch has 2 MB with its wrapping."""

ITEM_OVERHEAD = 2_000
"""Bytes, and more than ids and metadata take."""

NEGLIGIBLE = 5_000
"""Bytes: a hundred commits of this size fit into a batch even if every character is escaped."""

LARGEST_EVENT = 1_000_000
"""Bytes: a message of the log has 1 MB (1,048,576) with its envelope."""


_LONG_NUMBER = re.compile(rb"[0-9]{16}")


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same command, a second time among those that wait: it shares the commit of the first."""

    commit: Commit


type Verdict = Commit | Repeat | Negative | Exception
"""What a command came to in the plan; an exception is for the one who sent the command."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A verdict for each of the first requests, the commits to write, and the state behind them."""

    verdicts: Sequence[Verdict]
    commits: Sequence[Commit]
    after: Loaded


def decide_batch(category: Category, loaded: Loaded, requests: Sequence[CommandRequest]) -> Batch:
    """Decide requests of one stream in their order, as many as can be written together."""
    verdicts: list[Verdict] = []
    commits: dict[str, Commit] = {}
    total = 0
    for request in requests:
        if request.command_id in commits:
            verdicts.append(Repeat(commits[request.command_id]))
            continue
        verdict, after, size = _decide(category, loaded, request)
        if isinstance(verdict, Commit):
            total += size
            if commits and (total > LARGEST_BATCH or len(commits) == MOST_COMMITS):
                break
            commits[request.command_id] = verdict
        verdicts.append(verdict)
        loaded = after
    return Batch(verdicts, list(commits.values()), loaded)


def _decide(
    category: Category, loaded: Loaded, request: CommandRequest
) -> tuple[Verdict, Loaded, int]:
    """Give the verdict, the state behind it, and the bytes to write."""
    if request.expected not in {None, loaded.version}:
        return Outdated(loaded.version), loaded, 0
    try:
        decision = category.decider.decide(request.command, loaded.state)
        if isinstance(decision, Refusal):
            return Refused(decision, loaded.version), loaded, 0
        if not decision:
            return Unchanged(loaded.version), loaded, 0
        return _accept(category, loaded, request, decision)
    except Exception as error:  # noqa: BLE001 - handed to who sent it: its neighbours go on
        return error, loaded, 0


def _accept(
    category: Category, loaded: Loaded, request: CommandRequest, decision: tuple[Event, ...]
) -> tuple[Commit, Loaded, int]:
    events = tuple([record(event) for event in decision])
    size = ITEM_OVERHEAD + sum([_checked_size(request, event) for event in events])
    if size > LARGEST_BATCH:
        raise EventTooLarge(f"{request.stream}: the events of one command are too large together")
    state = category.decider.fold(loaded.state, decision)
    after = Loaded(state, loaded.version + len(events), loaded.since_snapshot + 1)
    snapshot = None
    if after.since_snapshot >= category.snapshots.every:
        snapshot, snapshot_size = _snapshot(category, state)
        size += snapshot_size
    if snapshot is not None:
        after = replace(after, since_snapshot=0)
    commit = Commit(
        stream=str(request.stream),
        version=after.version,
        command_id=request.command_id,
        command_digest=request.digest,
        events=events,
        metadata=request.metadata,
        snapshot=snapshot,
    )
    return commit, after, size


def _snapshot(category: Category, state: object) -> tuple[StoredSnapshot | None, int]:
    snapshot = category.snapshots.write(state)
    size = _escaped(snapshot.state, len(to_json(snapshot.state)))
    return (snapshot, size) if size <= LARGEST else (None, 0)


def _checked_size(request: CommandRequest, event: RecordedEvent) -> int:
    text = to_json(event.data)
    if _LONG_NUMBER.search(text):
        check_numbers(event.data)
    size = _escaped(event.data, len(text))
    if size > LARGEST_EVENT:
        raise EventTooLarge(
            f"{request.stream}: {event.type} has {size} bytes, and {LARGEST_EVENT} fit into the log"
        )
    return size


def _escaped(data: dict[str, Any], size: int) -> int:
    """Count the bytes of JSON as the SDK sends it; escapes count only where they could matter."""
    return size if size < NEGLIGIBLE else len(json.dumps(data))
