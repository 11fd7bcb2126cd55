"""A bucket of streams: what the store has of them, and which of it the log has told so far.

Of each event a fingerprint is kept, and nothing else: so much memory holds many, and the buckets hold all.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from zlib import crc32

from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode_all

OF_A_STREAM = 400
OF_AN_EVENT = 9
"""Bytes that a stream takes, and each of its events."""


def fingerprint(body: bytes) -> int:
    """Give a number, never 0, that no other message has."""
    return int.from_bytes(blake2b(body, digest_size=8).digest()) or 1


@dataclass(slots=True)
class _Stream:
    """The fingerprint of each version, 0 where the store has none; which were heard; up to where all should be."""

    prints: array[int] = field(default_factory=lambda: array("Q"))
    heard: bytearray = field(default_factory=bytearray)
    due: int = 0
    highest: int = 0


@dataclass(slots=True)
class Bucket:
    """The streams of one bucket out of so many."""

    number: int
    buckets: int
    size: int = 0
    events: int = 0
    _largest: int = 0
    _streams: dict[str, _Stream] = field(default_factory=dict)

    def holds(self, stream: str) -> bool:
        """Tell whether a stream belongs here; each belongs to one bucket."""
        return crc32(stream.encode()) % self.buckets == self.number

    def is_overfull(self, budget: int) -> bool:
        """Tell whether it takes more bytes than it may, beside its longest stream, which no bucket can split."""
        return self.size - self._largest > budget

    def keep(self, commit: Commit, *, due: bool) -> None:
        """Keep what the store has; the log must tell what is due."""
        known = self._streams.get(commit.stream)
        if known is None:
            known = self._streams[commit.stream] = _Stream()
            self.size += OF_A_STREAM
        more = commit.version - len(known.prints)
        if more > 0:
            known.prints.extend([0] * more)
            known.heard.extend(bytes(more))
            self.size += more * OF_AN_EVENT
            self._largest = max(self._largest, commit.version * OF_AN_EVENT)
        for version, body in enumerate(encode_all(commit), start=commit.first):
            self.events += known.prints[version - 1] == 0
            known.prints[version - 1] = fingerprint(body)
        if due:
            known.due = max(known.due, commit.version)

    def matches(self, stream: str, version: int, found: int) -> bool:
        """Tell whether the store has exactly this at a version, as far as is known."""
        known = self._streams.get(stream)
        return (
            known is not None
            and version <= len(known.prints)
            and known.prints[version - 1] == found
        )

    def hear(self, stream: str, version: int) -> bool:
        """Note that the log tells a version; False if it does so for the first time, and behind a later one."""
        known = self._streams.get(stream)
        if known is None or version > len(known.heard) or known.heard[version - 1]:
            return True
        known.heard[version - 1] = 1
        in_order = version > known.highest
        known.highest = max(known.highest, version)
        return in_order

    def unheard(self) -> Iterator[tuple[str, list[tuple[int, bool]]]]:
        """Give the versions of each stream that were due and not heard, and whether the store has them."""
        for stream, known in self._streams.items():
            if not all(known.heard[: known.due]):
                versions = range(1, known.due + 1)
                yield (
                    stream,
                    [(v, known.prints[v - 1] != 0) for v in versions if not known.heard[v - 1]],
                )
