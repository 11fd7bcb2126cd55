"""Values are compared, hashed and followed as frozen dataclasses are."""

from collections.abc import Mapping
from copy import replace
from dataclasses import field

import pytest

from shared.kernel.value import value


@value(frozen=True)
class Shelf:
    """A value with a default of each kind, and a field that tells no two of them apart."""

    name: str
    room: int = 0
    held: Mapping[str, int] = field(default_factory=dict)
    seen: bool = field(default=False, compare=False)


@value(frozen=True)
class Box:
    """A value of the same fields as another."""

    name: str
    room: int = 0


def test_values_of_one_class_are_equal_by_their_fields() -> None:
    assert Shelf("a", 1, {}) == Shelf("a", 1, {}, seen=True)
    assert Shelf("a", 1) != Shelf("a", 2)
    other: object = Box("a")
    assert Shelf("a") != other
    assert len({Box("a"), Box("a"), Box("b")}) == 2


def test_the_next_value_has_what_changes_and_all_else_of_the_one_before() -> None:
    before = Shelf("a", 1, {"cup": 2})

    assert replace(before, room=2) == Shelf("a", 2, {"cup": 2})
    assert before == Shelf("a", 1, {"cup": 2})


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        replace(Box("a"), colour="red")  # type: ignore[call-arg]  # mypy knows the fields


def test_only_mypy_refuses_who_assigns_to_a_field() -> None:
    box = Box("a")

    # mypy fails here if it does not: an ignored error that is none is one.
    box.room = 3  # type: ignore[misc]

    assert box.room == 3
