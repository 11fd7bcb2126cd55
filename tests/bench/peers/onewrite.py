"""Onewrite's kernel on its memory twin: what commands cost without a service."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.adapters.memory import MemoryEventStore
from shared.domain.shop import domain
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.kernel.commands.dispatcher import Dispatcher, dispatcher
from shared.kernel.commands.outcome import Accepted
from shared.kernel.commands.request import CommandRequest
from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from tests.bench.peers.driver import serve


def now() -> datetime:
    return datetime.now(UTC)


async def no_pause(_attempt: int) -> None:
    """Try again at once."""


class Items:
    """One store, in which a process is warm and another has just begun."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._store = MemoryEventStore()
        self._ids = itertools.count()
        self._warm = self._begun()

    def fill(self, stream: str, events: int) -> None:
        commands = [RegisterItem(name="Teapot", reorder_point=0), *[_received()] * (events - 1)]
        requests = [self._request(stream, command) for command in commands]
        self._runner.run(_handled(self._begun(), requests))

    def receive(self, streams: Sequence[str], *, warm: bool) -> None:
        requests = [self._request(stream, _received()) for stream in streams]
        self._runner.run(_handled(self._warm if warm else self._begun(), requests))

    def _begun(self) -> Dispatcher:
        return dispatcher(domain, self._store, now, no_pause)

    def _request(self, stream: str, command: Command) -> CommandRequest:
        id_ = f"command-{next(self._ids)}"
        metadata = Metadata(correlation_id=id_, causation_id=id_)
        return CommandRequest(StreamName("item", stream), command, id_, metadata)


def _received() -> Command:
    return ReceiveStock(quantity=1)


async def _handled(handling: Dispatcher, requests: Sequence[CommandRequest]) -> None:
    for request in requests:
        outcome = await handling.dispatch(request)
        assert isinstance(outcome, Accepted), outcome


if __name__ == "__main__":
    serve("this commit", Items())
