"""What happened to a replenishment. Names and shapes are stored for ever: a new shape is a new schema number."""

from shared.kernel.messages.message import Event


class ReplenishmentRequested(Event):
    """More of the item is wanted, because of its nth shortage."""

    shortage: int
