"""A range that splits or merges goes on from the places of its parents, and from no other."""

import pytest

from shared.kernel.delivery.feed_places import inherited


@pytest.mark.parametrize(
    ("range_", "known", "pieces"),
    [
        ("-FF", {}, {"-FF": None}),
        ("-FF", {"-FF": 5}, {"-FF": 5}),
        ("10-18", {"10-20": 5, "20-FF": 9}, {"10-18": 5}),
        ("18-20", {"10-20": 5, "20-FF": 9}, {"18-20": 5}),
        # After a merge each parent's keys go on from their own place.
        ("20-FF", {"20-30": 12, "30-FF": 24}, {"20-30": 12, "30-FF": 24}),
        ("20-FF", {"20-30": 12, "30-FF": 12}, {"20-FF": 12}),
        # Both at once: cut otherwise than before.
        ("10-28", {"-20": 5, "20-FF": 9}, {"10-20": 5, "20-28": 9}),
        # What nobody has looked at is looked at from its beginning.
        ("-FF", {"10-20": 5}, {"-10": None, "10-20": 5, "20-FF": None}),
        # A parent that is still there beside its children does not count, whichever comes first.
        ("10-20", {"10-20": 5, "10-18": 7, "18-20": 8}, {"10-18": 7, "18-20": 8}),
        ("10-20", {"10-18": 7, "18-20": 8, "10-20": 5}, {"10-18": 7, "18-20": 8}),
    ],
)
def test_each_piece_of_a_range_has_the_place_of_what_covered_it(
    range_: str, known: dict[str, int], pieces: dict[str, int | None]
) -> None:
    assert inherited(range_, known) == pieces
