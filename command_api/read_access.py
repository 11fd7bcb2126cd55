"""Who may read what: the conditions of views, and the streams that an actor may see."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from command_api.composition import Application
from shared.kernel.checks.hooks import condition_faults
from shared.kernel.commands.loading import fold, load
from shared.kernel.errors import ConfigurationError
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import ROWS
from shared.kernel.views.listing import Filter, Scalar
from shared.kernel.views.view import Row, RowKey, View

type Headers = Mapping[str, str]

EVERYTHING: Mapping[str, Scalar] = {}


async def readable(view: View[Any], headers: Headers, application: Application) -> Sequence[Filter]:
    """Give what the rows of a view must hold to be read; raises Problem where none may be."""
    if view.may_read is None:
        return ()
    actor = await application.actors.of(headers)
    may = view.may_read(actor)
    values: Collection[object] = may.values() if isinstance(may, Mapping) else ()
    # What holds nothing is nobody's, and not theirs whom nobody knows.
    if may is False or None in values:
        raise application.actors.forbidden(actor)
    held = EVERYTHING if may is True else may
    wrong = "\n".join(condition_faults(view, held))
    if wrong:
        raise ConfigurationError(wrong)
    return [Filter(field, "=", value) for field, value in held.items()]


async def shows(application: Application, at: RowKey, version: int, may: Sequence[Filter]) -> bool:
    """Tell whether a row of a key that may be read, of one stream or of any, has seen a version."""
    if at.stream:
        stored = await application.rows.read(at)
        found = [stored.row] if stored is not None else []
    elif not may:
        return await application.rows.shows(at.view, at.key, version)
    else:
        found = await rows_of_key(application, at, may)
    return any(row.version >= version and _holds(row, may) for row in found)


async def rows_of_key(application: Application, at: RowKey, may: Sequence[Filter]) -> list[Row]:
    """Read a page of the rows of a key that may be read, behind a stream."""
    found: list[Row] = []
    after = at.stream
    while True:
        page = await application.rows.of_key(at.view, at.key, after)
        found += [row for row in page if _holds(row, may)]
        if len(page) < ROWS or len(found) >= ROWS:
            return found[:ROWS]
        after = page[-1].at.stream


async def check_concerned(
    stream: StreamName, actor: str | None, headers: Headers, application: Application
) -> None:
    """Raise Problem unless whoever asks is the actor of a command, or may read its stream."""
    if application.domain.category(stream.category).may_read is None:
        return
    if actor is None or actor != await application.actors.of(headers):
        await check_readable([stream], headers, application)


def _holds(row: Row, may: Sequence[Filter]) -> bool:
    return all(row.data.get(one.field) == one.value for one in may)


async def check_readable(
    streams: Iterable[StreamName], headers: Headers, application: Application
) -> None:
    """Raise Problem unless whoever asks may read all of these streams."""
    for stream in streams:
        category = application.domain.category(stream.category)
        if category.may_read is None:
            continue
        actor = await application.actors.of(headers)
        start, commits, _ = await load(category, application.store, stream)
        if not category.may_read(actor, fold(category, start, commits).state):
            raise application.actors.forbidden(actor)
