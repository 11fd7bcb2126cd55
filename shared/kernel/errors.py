"""Everything that can go wrong, as one tree; a refusal is not in it, because a refusal is a value.

OnewriteError
├── ConfigurationError
├── UnknownMessage
├── InvalidMessage
│   ├── NewerCode
│   └── UnreadableCommit
├── NumberTooLarge
├── UnreadableEvent
├── WrongDecision
├── BrokenStream
├── Poison
├── ReactionFailed
├── PassedOver
├── KeysUnavailable
├── FeedUnavailable, FeedGone: in ports/others_feeds.py
├── StoreError
│   ├── Conflict
│   ├── CommandIdReused
│   ├── OutcomeUnknown
│   ├── StoreRefused
│   │   └── StreamFull
│   ├── StoreThrottled
│   └── StoreUnavailable
├── LogError
│   ├── EventTooLarge
│   └── LogUnavailable
└── NotifierError
    ├── NotificationTooLarge
    ├── NotificationRefused
    └── NotifierUnavailable
"""

from typing import ClassVar

from shared.kernel.validation_faults import told


class OnewriteError(Exception):
    """The root; `code` is the slug that problems, logs and metrics use; what is `transient` may go well later."""

    code: ClassVar[str] = "internal"
    transient: ClassVar[bool] = False


class ConfigurationError(OnewriteError):
    """A setting is missing or contradicts what the platform says; nothing that is handled is to blame for it."""

    code = "configuration"
    transient = True


class UnknownMessage(OnewriteError):
    """No such category, command, event or view is registered."""

    code = "unknown-message"


class InvalidMessage(OnewriteError):
    """A stored or received message does not have the shape that its type and schema promise."""

    code = "invalid-message"


class NewerCode(InvalidMessage):
    """An event is stored that this code does not know: it waits for the code that wrote it."""

    code = "newer-code"


class UnreadableCommit(InvalidMessage):
    """Commits were read up to an item that is none: so many stand `before` it, and it goes up to `version`."""

    code = "unreadable-commit"

    def __init__(self, cause: InvalidMessage, first: int, version: int, before: int) -> None:
        super().__init__(str(cause))
        self.first = first
        self.version = version
        self.before = before


class NumberTooLarge(OnewriteError):
    """An event, a row or a notification holds a number that JSON does not keep exactly."""

    code = "number-too-large"


class UnreadableEvent(OnewriteError):
    """An event that a decider has made could not be read again as it is: it would end its stream for ever."""

    code = "unreadable-event"


class WrongDecision(OnewriteError):
    """What a decider returned is neither events nor a refusal."""

    code = "wrong-decision"


class BrokenStream(OnewriteError):
    """The versions of a stream are not contiguous: what was read must not be folded."""

    code = "broken-stream"


class Poison(OnewriteError):
    """An event that can never be handled; `cause` says why, all of it if it is a group."""

    code = "poison"

    def __init__(self, stream: str, version: int, cause: Exception) -> None:
        why = "; ".join(
            f"{type(one).__name__}: {told(one, OnewriteError)}" for one in leaves(cause)
        )
        super().__init__(f"{stream}@{version}: {why}")
        self.stream = stream
        self.version = version


class ReactionFailed(OnewriteError):
    """What an event should have caused was refused."""

    code = "reaction-failed"


class PassedOver(OnewriteError):
    """An operator decided that what this code cannot handle is never handled."""

    code = "passed-over"


class KeysUnavailable(OnewriteError):
    """Whether a token is valid cannot be told: what its issuer signs with cannot be read."""

    code = "keys-unavailable"
    transient = True


class StoreError(OnewriteError):
    """The store could not do what was asked; another time it may, if only because somebody mends a setting."""

    code = "store"
    transient = True


class Conflict(StoreError):
    """Others were faster, until the attempts ran out; up to `version` the stream has no commit of this command."""

    code = "conflict"

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


class CommandIdReused(StoreError):
    """The command id already stands for another command on this stream."""

    code = "command-id-reused"
    transient = False


class OutcomeUnknown(StoreError):
    """The write may or may not have happened; asking again with the same command id tells."""

    code = "outcome-unknown"


class StoreRefused(StoreError):
    """The store will never take what was written as it is; nothing was written."""

    code = "store-refused"
    transient = False


class StreamFull(StoreRefused):
    """The store takes nothing more for this stream."""

    code = "stream-full"


class StoreThrottled(StoreError):
    """The store is throttled; nothing was written."""

    code = "throttled"


class StoreUnavailable(StoreError):
    """The store did not answer a read; nothing was written."""

    code = "unavailable"


class LogError(OnewriteError):
    """The log could not do what was asked."""

    code = "log"


class EventTooLarge(LogError):
    """An event does not fit into a message of the log."""

    code = "event-too-large"


class LogUnavailable(LogError):
    """The log did not acknowledge: what was sent may or may not be there."""

    code = "log-unavailable"
    transient = True


class NotifierError(OnewriteError):
    """A notification could not be published."""

    code = "notifier"


class NotificationTooLarge(NotifierError):
    """A notification does not fit into a request, or onto a page of a feed, alone."""

    code = "notification-too-large"


class NotificationRefused(NotifierError):
    """The topic will never take a notification as it is."""

    code = "notification-refused"


class NotifierUnavailable(NotifierError):
    """The topic did not acknowledge: what was published may or may not be there."""

    code = "notifier-unavailable"
    transient = True


def leaves(error: BaseException) -> list[BaseException]:
    """Returns the errors of a group, however deep they are; one that is none stands for itself."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in leaves(one)]
    return [error]


def may_pass(error: BaseException) -> bool:
    """Tells whether it may go well later, as what took too long may; of a group one such error is enough."""
    return any(getattr(one, "transient", isinstance(one, OSError)) for one in leaves(error))
