"""A durable mailbox for tests: on memory twins, with a message for each command."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from consumers.mailbox import Mailbox
from shared.adapters.memory import MemoryEventStore, MemoryOutcomes, MemoryParking
from shared.domain.shop import domain
from shared.domain.shop.item.commands import RegisterItem
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from tests.consumers.worlds import now
from tests.kernel.asking import NOON, no_pause
from tests.kernel.worlds import TEAPOT, request

REGISTER = RegisterItem(name="Teapot", reorder_point=0)


def waiting(command: Command, id_: str, stream: StreamName = TEAPOT) -> bytes:
    return encode_command(request(command, id_, stream), NOON)


@dataclass
class World:
    """A mailbox on memory twins."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    outcomes: MemoryOutcomes = field(default_factory=MemoryOutcomes)
    parking: MemoryParking = field(default_factory=MemoryParking)
    domain: Domain = domain
    now: Callable[[], datetime] = now

    @property
    def mailbox(self) -> Mailbox:
        """A mailbox as a host has it that has just been started."""
        dispatching = dispatcher(self.domain, self.store, self.now, no_pause)
        return Mailbox(self.domain, dispatching, self.outcomes, self.parking, now, no_pause)

    def types(self) -> list[str]:
        """Name what was written, in order."""
        return [event.type for commit in self.store.written for event in commit.events]

    def effects(self, stream: StreamName = TEAPOT) -> list[str]:
        """Name the commands that took effect, in order."""
        return [c.command_id for c in self.store.written if c.stream == str(stream)]
