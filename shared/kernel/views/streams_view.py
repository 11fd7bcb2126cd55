"""The built-in view `streams`: a row a stream, for the categories that have no view of their own.

Nobody reads it but the sweep, for which it is the witness that the log has brought what was written.
"""

from typing import Any

from shared.kernel.commands.category import Category
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.message import Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View


class Written(Event):
    """That something was written to a stream, whatever it was."""

    time: str


class LastWritten(Message):
    """When a stream was written last; how far it has come is the version of its row."""

    time: str = ""


def streams_of(category: Category) -> View[LastWritten]:
    """Returns the view of the streams of a category; an event that nobody can read is folded, too."""
    return View(
        name=f"streams-{category.name}",
        category=category,
        data_type=LastWritten,
        evolve=_evolve,
        key=_key,
        read=_read,
    )


def _read(_category: Category, envelope: Envelope) -> Written:
    return Written(time=envelope.time)


def _evolve(_before: LastWritten, event: Any) -> LastWritten:  # noqa: ANN401 - an Event, by _read a Written
    return LastWritten(time=event.time)


def _key(stream: StreamName, _event: Event) -> str:
    return stream.id
