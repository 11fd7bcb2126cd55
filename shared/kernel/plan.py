"""The plan: what the commands that wait for one stream come to, decided one after another, written together."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.kernel.category import Category, record
from shared.kernel.commit import Commit, StoredSnapshot
from shared.kernel.decider import Refusal
from shared.kernel.errors import EventTooLarge
from shared.kernel.loading import Loaded
from shared.kernel.message import Event
from shared.kernel.outcome import Negative, Outdated, Refused, Unchanged
from shared.kernel.request import CommandRequest
from shared.kernel.snapshot import EVERY, LARGEST

MOST_COMMITS = 100
"""So many operations fit into a transactional batch of Cosmos DB."""

LARGEST_BATCH = 1_800_000
"""Bytes: a batch has 2 MB with its wrapping."""

ITEM_OVERHEAD = 2_000
"""Bytes, and more than ids and metadata take."""

LARGEST_EVENT = 1_000_000
"""Bytes: a message of the log has 1 MB (1,048,576) with its envelope."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same command, a second time among those that wait: it shares the commit of the first."""

    commit: Commit


type Verdict = Commit | Repeat | Negative | Exception
"""What a command came to in the plan; an exception is for the one who sent the command."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A verdict for each of the first requests, the commits to write, and the state behind them."""

    verdicts: Sequence[Verdict]
    commits: Sequence[Commit]
    after: Loaded


def plan(category: Category, loaded: Loaded, requests: Sequence[CommandRequest]) -> Plan:
    """Decide requests of one stream in their order, as many as can be written together."""
    verdicts: list[Verdict] = []
    commits: dict[str, Commit] = {}
    total = 0
    for request in requests:
        if request.command_id in commits:
            verdicts.append(Repeat(commits[request.command_id]))
            continue
        verdict, after = _decide(category, loaded, request)
        if isinstance(verdict, Commit):
            total += _size(verdict)
            if commits and (total > LARGEST_BATCH or len(commits) == MOST_COMMITS):
                break
            commits[request.command_id] = verdict
        verdicts.append(verdict)
        loaded = after
    return Plan(verdicts, list(commits.values()), loaded)


def _decide(category: Category, loaded: Loaded, request: CommandRequest) -> tuple[Verdict, Loaded]:
    if request.expected not in {None, loaded.version}:
        return Outdated(loaded.version), loaded
    try:
        decision = category.decider.decide(request.command, loaded.state)
        if isinstance(decision, Refusal):
            return Refused(decision, loaded.version), loaded
        if not decision:
            return Unchanged(loaded.version), loaded
        return _accept(category, loaded, request, decision)
    except Exception as error:  # noqa: BLE001 - handed to who sent it: its neighbours go on
        return error, loaded


def _accept(
    category: Category, loaded: Loaded, request: CommandRequest, decision: tuple[Event, ...]
) -> tuple[Commit, Loaded]:
    after = Loaded(
        category.decider.fold(loaded.state, decision),
        loaded.version + len(decision),
        loaded.since_snapshot + 1,
    )
    commit = Commit(
        stream=str(request.stream),
        version=after.version,
        command_id=request.command_id,
        command_digest=request.digest,
        events=tuple(record(event) for event in decision),
        metadata=request.metadata,
    )
    _check_size(commit)
    return _with_snapshot(category, commit, after)


def _with_snapshot(category: Category, commit: Commit, after: Loaded) -> tuple[Commit, Loaded]:
    if after.since_snapshot < EVERY:
        return commit, after
    snapshot: StoredSnapshot = category.snapshots.write(after.state)
    if len(json.dumps(snapshot.state)) > LARGEST:
        return commit, after
    return commit.model_copy(update={"snapshot": snapshot}), replace(after, since_snapshot=0)


def _check_size(commit: Commit) -> None:
    sizes = [len(json.dumps(event.data)) for event in commit.events]
    for event, size in zip(commit.events, sizes, strict=True):
        if size > LARGEST_EVENT:
            raise EventTooLarge(
                f"{commit.stream}: {event.type} has {size} bytes, and {LARGEST_EVENT} fit into the log"
            )
    if sum(sizes) > LARGEST_BATCH:
        raise EventTooLarge(f"{commit.stream}: the events of one command are too large together")


def _size(commit: Commit) -> int:
    snapshot = len(json.dumps(commit.snapshot.state)) if commit.snapshot else 0
    return ITEM_OVERHEAD + snapshot + sum(len(json.dumps(event.data)) for event in commit.events)
