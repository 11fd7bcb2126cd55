"""Public events: what the enrichers of a domain make of internal ones, with what the rows say."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.delivery.retry import retrying
from shared.kernel.domain import Domain
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Message, check_numbers
from shared.kernel.messages.notification import Notification, notification
from shared.kernel.ports import RowReader
from shared.kernel.reactions.caused_commands import event_of
from shared.kernel.reactions.enricher import Enricher, Lookup
from shared.kernel.views.view import Row


@dataclass(frozen=True, slots=True)
class PublicEvents:
    """Runs enrichers over events."""

    domain: Domain
    rows: RowReader
    pause: Callable[[int], Awaitable[None]]

    async def of(
        self, envelope: Envelope, enrichers: Iterable[Enricher[Any, Any, Any]]
    ) -> list[Notification]:
        """Gives what some enrichers make of an event; raises what parks its stream, or what may pass."""
        event, made = event_of(self.domain, envelope), list[Notification]()
        for enricher in enrichers:
            if type(event) is enricher.event:
                keys = enricher.keys(envelope.stream, event)
                found = _read(enricher.lookup, await self._found(enricher.lookup, keys))
                type_ = self.domain.public_type(enricher)
                made.append(notification(type_, enricher, envelope, event, found))
        for one in made:
            check_numbers(one.data)
        return made

    async def _found(
        self, lookup: Lookup[Any, Any] | None, keys: Sequence[str]
    ) -> Mapping[str, Sequence[Row]]:
        if lookup is None:
            return {}
        # The first row of a key is the one that is looked up.
        rows, view = self.rows.of_key, lookup.view.name
        reads = [retrying(self.pause, rows, view, key, limit=1) for key in keys]
        return dict(zip(keys, await asyncio.gather(*reads), strict=True))


def _read(
    lookup: Lookup[Any, Any] | None, rows: Mapping[str, Sequence[Row]]
) -> Mapping[str, Message]:
    if lookup is None:
        return {}
    data_type = lookup.view.data_type
    return {key: read(data_type, found[0].data) for key, found in rows.items() if found}
