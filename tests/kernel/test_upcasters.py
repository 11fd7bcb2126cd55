"""An event in an older shape is read as one of today, step by step."""

from typing import Any

import pytest

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.errors import ConfigurationError, InvalidMessage
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.message import Event


class Renamed(Event):
    """An event in its third shape."""

    schema_number = 3
    title: str
    language: str


def category_with(upcasters: dict[tuple[str, int], Any]) -> Category:
    decider: Decider[Any, Any, None] = Decider(None, lambda _c, _s: (), lambda s, _e: s)
    return Category(
        name="book",
        decider=decider,
        events=(Renamed,),
        commands=(),
        snapshots=Snapshots("book/1", type(None)),
        upcasters=upcasters,
    )


UPCASTERS = {
    ("Renamed", 1): lambda data: {"title": data["name"]},
    ("Renamed", 2): lambda data: {**data, "language": "en"},
}


def test_an_old_event_is_read_step_by_step_as_one_of_today() -> None:
    book = category_with(UPCASTERS)
    today = Renamed(title="Emma", language="en")

    assert book.decode("Renamed", 1, {"name": "Emma"}) == today
    assert book.decode("Renamed", 2, {"title": "Emma"}) == today
    assert book.decode("Renamed", 3, {"title": "Emma", "language": "en"}) == today


def test_events_that_are_read_together_stay_in_their_order() -> None:
    titles = ["Emma", "Persuasion", "Sanditon", "Evelina", "Cecilia"]
    recorded = [
        RecordedEvent("Renamed", 1, {"name": title})
        if number % 2
        else RecordedEvent("Renamed", 3, {"title": title, "language": "en"})
        for number, title in enumerate(titles)
    ]

    read = category_with(UPCASTERS).decode_all(recorded)

    assert read == [Renamed(title=title, language="en") for title in titles]


def test_among_others_an_event_that_cannot_be_read_is_told_as_if_it_were_alone() -> None:
    book, bad = category_with(UPCASTERS), {"title": 7, "language": "en"}
    good = RecordedEvent("Renamed", 3, {"title": "Emma", "language": "en"})
    with pytest.raises(InvalidMessage) as alone:
        book.decode("Renamed", 3, bad)

    with pytest.raises(InvalidMessage) as among:
        book.decode_all([good, RecordedEvent("Renamed", 3, bad), good])

    assert str(among.value) == str(alone.value)


def test_an_event_from_the_future_is_not_guessed_at() -> None:
    with pytest.raises(InvalidMessage, match="book/Renamed/4"):
        category_with(UPCASTERS).decode("Renamed", 4, {"title": "Emma"})


def test_a_schema_without_an_upcaster_is_found_when_the_process_starts() -> None:
    with pytest.raises(ConfigurationError, match=r'Renamed has .* none for \("Renamed", 2\): add'):
        category_with({("Renamed", 1): UPCASTERS["Renamed", 1]})
