"""An emulator of Azure Event Grid: custom topics, webhook subscriptions, retries and dead letters."""

from emulators.event_grid.server import EventGridServer

__all__ = ["EventGridServer"]
