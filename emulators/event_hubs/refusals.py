"""What the emulator says no with: a condition of AMQP or of Event Hubs, and a sentence."""

from emulators.event_hubs.values import Described, Symbol, ULong

ARGUMENT_ERROR = "com.microsoft:argument-error"
ARGUMENT_OUT_OF_RANGE = "com.microsoft:argument-out-of-range"
DECODE_ERROR = "amqp:decode-error"
DETACH_FORCED = "amqp:link:detach-forced"
INTERNAL_ERROR = "amqp:internal-error"
NOT_FOUND = "amqp:not-found"
NOT_IMPLEMENTED = "amqp:not-implemented"
RESOURCE_LIMIT_EXCEEDED = "amqp:resource-limit-exceeded"
SERVER_BUSY = "com.microsoft:server-busy"
STOLEN = "amqp:link:stolen"
TOO_LARGE = "amqp:link:message-size-exceeded"
UNAUTHORIZED = "amqp:unauthorized-access"

LOST = "The messaging entity '{}' could not be found."

_ERROR = ULong(0x1D)


class RefusedError(Exception):
    """A peer asked for what it cannot have; its words are guessed, unless the README's table has them."""

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(f"{condition}: {description}")
        self.condition = condition
        self.description = description

    def as_error(self) -> Described:
        """Give the error as it stands on the wire.

        Always three elements: azure-eventhub reads them by index, and hangs when one is missing.
        """
        return Described(_ERROR, [Symbol(self.condition), self.description, None])
