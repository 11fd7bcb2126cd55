"""Projections: fold what arrived into the rows that it touches, each written once."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from shared.kernel.envelope import decode, envelopes
from shared.kernel.errors import BrokenStream
from shared.kernel.message import Event
from shared.kernel.ports import EventStore, Rows
from shared.kernel.stream import StreamName
from shared.kernel.view import Gap, Row, RowKey, View, advance, empty_row, keyed


async def project(
    bodies: Iterable[bytes], views: Sequence[View[Any]], rows: Rows, store: EventStore
) -> None:
    """Project a batch of messages; one read and at most one write a row, rows in parallel.

    Raises InvalidMessage for what cannot be read, and what rows and store raise: the batch comes again.
    """
    arrived = [decode(body) for body in bodies]
    async with asyncio.TaskGroup() as group:
        for view in views:
            for at, events in keyed(view, arrived).items():
                group.create_task(_bring_up(view, at, events, rows, store))


async def _bring_up(
    view: View[Any], at: RowKey, arrived: Mapping[int, Event], rows: Rows, store: EventStore
) -> None:
    """Fold events into one row, again and again until no other owner of the partition interferes."""
    written = False
    while not written:
        stored = await rows.read(at)
        row = stored.row if stored else empty_row(view, at)
        advanced = await _advance(view, row, arrived, store)
        written = advanced == row or await rows.write(advanced, stored.tag if stored else None)


async def _advance(
    view: View[Any], row: Row, arrived: Mapping[int, Event], store: EventStore
) -> Row:
    advanced = advance(view, row, arrived)
    if isinstance(advanced, Gap):
        # The log does not have (or not yet have) what came before: the store does.
        missed = (await store.read(StreamName.parse(row.at.stream), after=row.version)).commits
        stored = chain.from_iterable(envelopes(commit) for commit in missed)
        filled = keyed(view, stored).get(row.at, {})
        advanced = advance(view, row, {**filled, **arrived})
    if isinstance(advanced, Gap):
        raise BrokenStream(f"{row.at.stream}: the store has no version {advanced.version + 1}")
    return advanced
