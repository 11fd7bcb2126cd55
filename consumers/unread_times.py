"""Events of a hub come without the time at which the hub took them: nobody here reads it, and it is dear."""

from azure.functions.eventhub import EventHubTriggerConverter


def leave_unread() -> None:
    """Have azure.functions leave the times of the events of hubs unread.

    It tries sixteen forms of a time for each event, of which the host writes the thirteenth: nine tenths of what
    an event costs before a function is called, and no option leaves it out. Should the method have another name
    one day, times are read again, and a test fails.
    """
    # Those that Event Grid and timers bring are read as before.
    EventHubTriggerConverter._parse_datetime = staticmethod(_unread)  # type: ignore[assignment]  # noqa: SLF001 - see above


def _unread(_text: str | None) -> None:
    """Read nothing."""
