"""Loading: from the commits of a stream to its state, from the last snapshot that can be used."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from shared.kernel.commands.category import Category
from shared.kernel.messages.commit import Commit, KeptState, check_contiguous
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventStore

FURTHER_BACK = 1_000


class Loaded(NamedTuple):
    """A state, the version of its stream, and how many commits back the last usable snapshot is."""

    state: Any
    version: int
    since_snapshot: int


def initial(category: Category) -> Loaded:
    """Give the state of a stream to which nothing has happened."""
    return Loaded(category.decider.initial_state, 0, 0)


def fold(category: Category, loaded: Loaded, commits: Sequence[Commit]) -> Loaded:
    """Evolve a state by the commits that follow it; raises BrokenStream when they do not follow."""
    check_contiguous(loaded.version, commits)
    events = category.decode_all([event for commit in commits for event in commit.events])
    since = loaded.since_snapshot
    for commit in commits:
        carries = commit.snapshot and category.snapshots.can_read(commit.snapshot)
        since = 0 if carries else since + 1
    state = category.decider.fold(loaded.state, events)
    return Loaded(state, loaded.version + len(events), since)


async def load(
    category: Category, store: EventStore, stream: StreamName, through: int | None = None
) -> tuple[Loaded, Sequence[Commit], float]:
    """Read a stream (as far as a version): a state, the commits to fold into it, and what that cost.

    One bounded query, as long as one of the last commits carries a snapshot that can be used; a state that is too
    large for that is kept beside them, and takes one read more.
    """
    commits: list[Commit] = []
    kept: KeptState | None = None
    charge, limit = 0.0, category.snapshots.every
    while True:
        page = await store.tail(stream, limit, through)
        charge += page.charge
        commits = [*page.commits, *commits]
        start, rest = _begin(category, commits, kept)
        if not start.version and len(page.commits) == limit == category.snapshots.every:
            kept = await store.kept(stream)
            start, rest = _begin(category, commits, kept)
        if start.version or len(page.commits) < limit:
            return start, rest, charge
        through, limit = page.commits[0].first - 1, FURTHER_BACK


def _begin(
    category: Category, commits: Sequence[Commit], kept: KeptState | None
) -> tuple[Loaded, Sequence[Commit]]:
    for place in range(len(commits) - 1, -1, -1):
        commit = commits[place]
        snapshot = kept.snapshot if kept is not None and kept.is_of(commit) else commit.snapshot
        state = category.snapshots.read(snapshot) if snapshot else None
        if state is not None:
            return Loaded(state, commit.version, 0), _unusable(commits[place + 1 :])
    return initial(category), _unusable(commits)


def _unusable(commits: Sequence[Commit]) -> Sequence[Commit]:
    """Give commits without snapshots that could not be used: the next commit is to carry one."""
    return [replace(one, snapshot=None) if one.snapshot else one for one in commits]
