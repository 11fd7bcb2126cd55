"""An emulator of Azure Event Hubs: the part of AMQP 1.0 that its clients speak, over a log in SQLite."""

from emulators.event_hubs.server import EventHubsServer

__all__ = ["EventHubsServer"]
