"""Commits restored from the envelopes of a stream, in whatever order and however often these have come.

What rides in a commit and in no envelope is not restored: its snapshot, which the events say as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from shared.kernel.messages.envelope import Envelope

NOT_THERE = "it is not there"
NO_END = "nothing says what its commit holds: older code has sent it, or the rest of its commit is not there"


@dataclass(frozen=True, slots=True)
class Missing:
    """The first version of a stream that is in no commit that could be restored, and why."""

    stream: str
    version: int
    why: str

    def __str__(self) -> str:
        return f"{self.stream}@{self.version}: {self.why}"


def restored(
    stream: str, arrived: Iterable[Envelope], after: int = 0
) -> tuple[list[Commit], Missing | None]:
    """Give the commits behind a version, as far as they are whole, and what is missing of the next.

    The first envelope of a version counts, but for one that says what its commit holds if the first does not.
    Raises InvalidMessage for an envelope whose schema has no number.
    """
    first: dict[int, Envelope] = {}
    for envelope in arrived:
        known = first.setdefault(envelope.sequence, envelope)
        if known.digest is None and envelope.digest is not None:
            first[envelope.sequence] = envelope
    commits: list[Commit] = []
    begun: list[Envelope] = []
    expected = after + 1
    for version in sorted(one for one in first if one > after):
        if version != expected:
            return commits, Missing(stream, expected, NOT_THERE)
        envelope = first[version]
        if begun and begun[0].causationid != envelope.causationid:
            break
        begun.append(envelope)
        expected += 1
        if envelope.digest is not None:
            commits.append(_commit(begun, envelope.digest))
            begun = []
    return commits, Missing(stream, begun[0].sequence, NO_END) if begun else None


def _commit(events: Sequence[Envelope], digest: str) -> Commit:
    last = events[-1]
    return Commit(
        stream=last.subject,
        version=last.sequence,
        command_id=last.causationid,
        command_digest=digest,
        events=tuple(RecordedEvent(one.type, one.schema_number, one.data) for one in events),
        metadata=Metadata(
            correlation_id=last.correlationid,
            causation_id=last.causationid if last.cause is None else last.cause,
            traceparent=last.traceparent,
            actor=last.actor,
            accepted=last.accepted,
            tracestate=last.tracestate,
        ),
        time=last.time,
    )
