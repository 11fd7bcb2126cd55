"""All errors as one tree. A refusal is not in it, because a refusal is a value.

OnewriteError
├── ConfigurationError
├── UnknownMessage
├── InvalidMessage
│   ├── NewerCode
│   └── UnreadableCommit
├── NumberTooLarge, UnreadableEvent, WrongDecision, BrokenStream
├── Poison, ReactionFailed, PassedOver
├── KeysUnavailable
├── FeedUnavailable, FeedGone: in ports/others_feeds.py
├── ArchiveUnavailable, ArchiveDamaged: in ports/archive.py
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
    """The root. Problems, logs and metrics use `code`; a retry of a `transient` error may succeed."""

    code: ClassVar[str] = "internal"
    transient: ClassVar[bool] = False


class ConfigurationError(OnewriteError):
    """A setting is missing, or contradicts the platform; the data being processed is not at fault."""

    code = "configuration"
    transient = True


class UnknownMessage(OnewriteError):
    """No category, command, view or feed of this name is registered; `kind` says which of them it would be."""

    code = "unknown-message"

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class InvalidMessage(OnewriteError):
    """A stored or received message does not match its type and schema."""

    code = "invalid-message"


class NewerCode(InvalidMessage):
    """A stored event is unknown to this release; it needs the release that wrote it."""

    code = "newer-code"


class UnreadableCommit(InvalidMessage):
    """An item of a stream is not a commit: `before` commits precede it, and it covers versions up to `version`."""

    code = "unreadable-commit"

    def __init__(self, cause: InvalidMessage, first: int, version: int, before: int) -> None:
        super().__init__(str(cause))
        self.first = first
        self.version = version
        self.before = before


class NumberTooLarge(OnewriteError):
    """An event, row or notification contains a number that JSON cannot represent exactly."""

    code = "number-too-large"


class UnreadableEvent(OnewriteError):
    """A new event does not survive a round trip through JSON; stored, it would make its stream unreadable."""

    code = "unreadable-event"


class WrongDecision(OnewriteError):
    """A decider returned neither events nor a refusal."""

    code = "wrong-decision"


class BrokenStream(OnewriteError):
    """The versions of a stream are not contiguous, so the stream must not be folded."""

    code = "broken-stream"


class Poison(OnewriteError):
    """An event that can never be handled, with every reason found in `cause`."""

    code = "poison"

    def __init__(self, stream: str, version: int, cause: Exception) -> None:
        why = "; ".join(
            f"{type(one).__name__}: {told(one, OnewriteError)}" for one in leaves(cause)
        )
        super().__init__(f"{stream}@{version}: {why}")
        self.stream = stream
        self.version = version


class ReactionFailed(OnewriteError):
    """A command that an event causes was refused."""

    code = "reaction-failed"


class PassedOver(OnewriteError):
    """An operator skipped an event that this release cannot handle."""

    code = "passed-over"


class KeysUnavailable(OnewriteError):
    """The signing keys of a token's issuer cannot be read, so the token cannot be verified."""

    code = "keys-unavailable"
    transient = True


class StoreError(OnewriteError):
    """A request to the store failed; a retry may succeed, if only after an operator corrects a setting."""

    code = "store"
    transient = True


class Conflict(StoreError):
    """Every attempt collided with another writer; up to `version`, the stream has no commit of this command."""

    code = "conflict"

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


class CommandIdReused(StoreError):
    """The command id already identifies another command of this stream."""

    code = "command-id-reused"
    transient = False


class OutcomeUnknown(StoreError):
    """The write may or may not have happened; a retry with the same command id finds out."""

    code = "outcome-unknown"


class StoreRefused(StoreError):
    """The store rejected the write, and would reject any retry; nothing was written."""

    code = "store-refused"
    transient = False


class StreamFull(StoreRefused):
    """The stream has reached the size limit of the store."""

    code = "stream-full"


class StoreThrottled(StoreError):
    """The store is throttling requests; nothing was written."""

    code = "throttled"


class StoreUnavailable(StoreError):
    """The store is unavailable; nothing was written."""

    code = "unavailable"


class LogError(OnewriteError):
    """A request to the log failed."""

    code = "log"


class EventTooLarge(LogError):
    """An event does not fit into a message of the log."""

    code = "event-too-large"


class LogUnavailable(LogError):
    """The log did not acknowledge; the messages may or may not be in it."""

    code = "log-unavailable"
    transient = True


class NotifierError(OnewriteError):
    """A notification could not be published."""

    code = "notifier"


class NotificationTooLarge(NotifierError):
    """A single notification exceeds the size of a request, or of a page of a feed."""

    code = "notification-too-large"


class NotificationRefused(NotifierError):
    """The topic rejected the notification, and would reject any retry."""

    code = "notification-refused"


class NotifierUnavailable(NotifierError):
    """The topic did not acknowledge; the notifications may or may not be published."""

    code = "notifier-unavailable"
    transient = True


def leaves(error: BaseException) -> list[BaseException]:
    """Returns the errors of a group at any depth; an error that is not a group is returned alone."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in leaves(one)]
    return [error]


def may_pass(error: BaseException) -> bool:
    """Tells whether a retry may succeed, as after a time-out; one such error in a group is enough."""
    return any(getattr(one, "transient", isinstance(one, OSError)) for one in leaves(error))
