"""The mapping of streams to partitions, against the vectors that the SDKs of Event Hubs publish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.delivery.partition import partition_of, stream_hash

VECTORS = {
    "7": -15263,
    "131": 30562,
    "7149583486996073602": 12977,
    "FWfAT": -22341,
    "sOdeEAsyQoEuEFPGerWO": -6503,
    "!c*_!I@1^c": 15372,
    "$0cb": 26269,
    "-4189260826195535198": 453,
}
PLACES = {
    ("alphabet", 3): 0,
    ("alphabet", 11): 4,
    ("TheBestParitionEver", 4): 2,
    ("TheWorstParitionEver", 15): 1,
}


@pytest.mark.parametrize(("stream", "expected"), VECTORS.items())
def test_the_hash_is_the_one_of_event_hubs(stream: str, expected: int) -> None:
    assert stream_hash(stream) == expected


@pytest.mark.parametrize(("place", "expected"), PLACES.items())
def test_a_negative_hash_takes_the_remainder_of_c(place: tuple[str, int], expected: int) -> None:
    assert partition_of(*place) == expected


@given(st.text(), st.integers(1, 32))
def test_every_stream_has_a_partition(stream: str, partitions: int) -> None:
    assert 0 <= partition_of(stream, partitions) < partitions
