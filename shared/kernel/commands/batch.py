"""The batch: what the commands that wait for one stream come to, decided one after another, written together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from shared.kernel.commands.category import Allow, Category
from shared.kernel.commands.decider import Refusal, check_decision
from shared.kernel.commands.loading import Loaded
from shared.kernel.commands.outcome import Forbidden, Negative, Outdated, Refused, Unchanged
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import EventTooLarge
from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.derived_id import is_derived
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.message import Event
from shared.kernel.ports import StoreLimits


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same command, a second time among those that wait: it shares the commit of the first."""

    commit: Commit


type Verdict = Commit | Repeat | Negative | Exception
"""What a command came to in the batch; an exception is for the one who sent the command."""


class Batch(NamedTuple):
    """A verdict for each of the first requests, the commits to write, and the state behind them.

    `keep` is a state of theirs that is due and too large to ride.
    """

    verdicts: Sequence[Verdict]
    commits: Sequence[Commit]
    after: Loaded
    keep: KeptState | None = None


def decide_batch(
    category: Category,
    limits: StoreLimits,
    loaded: Loaded,
    requests: Sequence[CommandRequest],
    time: str,
) -> Batch:
    """Decide requests of one stream at a time, in their order, as many as can be written together."""
    verdicts: list[Verdict] = []
    commits: dict[str, Commit] = {}
    total, keep = 0, None
    for request in requests:
        if request.command_id in commits:
            verdicts.append(Repeat(commits[request.command_id]))
            continue
        verdict, after, size = _decide(category, limits, loaded, request, time)
        if isinstance(verdict, Commit):
            total += size
            if commits and (total > limits.bytes or len(commits) == limits.commits):
                break
            commits[request.command_id] = verdict
            if not after.since_snapshot and verdict.snapshot is None:
                keep = _large(category, verdict, after)
        verdicts.append(verdict)
        loaded = after
    return Batch(verdicts, list(commits.values()), loaded, keep)


def _decide(
    category: Category, limits: StoreLimits, loaded: Loaded, request: CommandRequest, time: str
) -> tuple[Verdict, Loaded, int]:
    """Give the verdict, the state behind it, and the bytes to write."""
    try:
        if category.allow is not None and not _allowed(category.allow, loaded, request):
            return Forbidden(loaded.version), loaded, 0
        if request.expected is not None and not request.expected.met(loaded.version):
            return Outdated(loaded.version), loaded, 0
        context = request.context(time) if category.decider.takes_context else None
        decision = category.decider.decision(request.command, loaded.state, context)
        if isinstance(decision, Refusal):
            return Refused(decision, loaded.version), loaded, 0
        check_decision(category.name, request.command, decision)
        if not decision:
            return Unchanged(loaded.version), loaded, 0
        return _accept(category, limits, loaded, request, decision, time=time)
    except Exception as error:  # noqa: BLE001 - handed to who sent it: its neighbours go on
        return error, loaded, 0


def _allowed(allow: Allow, loaded: Loaded, request: CommandRequest) -> bool:
    # What an event has caused is asked for by the business itself.
    return is_derived(request.command_id) or allow(
        request.metadata.actor, request.command, loaded.state
    )


def _accept(
    category: Category,
    limits: StoreLimits,
    loaded: Loaded,
    request: CommandRequest,
    decision: tuple[Event, ...],
    *,
    time: str,
) -> tuple[Commit, Loaded, int]:
    events = tuple([category.record(event) for event in decision])
    state = category.decider.fold(loaded.state, decision)
    after = Loaded(state, loaded.version + len(events), loaded.since_snapshot + 1)
    commit = Commit(
        stream=request.stream.text,
        version=after.version,
        command_id=request.command_id,
        command_digest=request.digest,
        events=events,
        metadata=request.metadata,
        time=time,
    )
    size = _checked_size(commit, limits)
    snapshots = category.snapshots
    if after.since_snapshot >= snapshots.every and snapshots.is_exact(state):
        carrying = replace(commit, snapshot=snapshots.write(state))
        whole, after = limits.size_of(carrying), after._replace(since_snapshot=0)
        if whole <= limits.bytes and whole - size <= limits.state:
            return carrying, after, whole
    return commit, after, size


def _large(category: Category, commit: Commit, after: Loaded) -> KeptState:
    """Give the state behind a commit: it is due, and did not ride."""
    snapshot = category.snapshots.write(after.state)
    return KeptState(commit.stream, commit.version, commit.command_id, snapshot)


def _checked_size(commit: Commit, limits: StoreLimits) -> int:
    """Count the bytes of a commit; raises EventTooLarge for what nobody could keep as it is."""
    size = limits.size_of(commit)
    if size > limits.bytes:
        raise EventTooLarge(f"{commit.stream}: the events of one command are too large together")
    # An envelope repeats some names of its commit: below the half nothing needs a closer look.
    if size > limits.message // 2:
        for event, message in zip(commit.events, encode_all(commit), strict=True):
            if len(message) > limits.message:
                raise EventTooLarge(
                    f"{commit.stream}: {event.type} has {len(message)} bytes with its envelope,"
                    f" and {limits.message} fit into the log"
                )
    return size
