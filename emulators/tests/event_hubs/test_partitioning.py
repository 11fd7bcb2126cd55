"""The hash of partition keys, against the vectors of the .NET client."""

import pytest
from azure.eventhub._buffered_producer._partition_resolver import generate_hash_code
from hypothesis import given
from hypothesis import strategies as st

from emulators.event_hubs.partitioning import hash_of, partition_of


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("7", -15263),
        ("131", 30562),
        ("7149583486996073602", 12977),
        ("FWfAT", -22341),
        ("sOdeEAsyQoEuEFPGerWO", -6503),
        ("!c*_!I@1^c", 15372),
        ("$0cb", 26269),
        ("-4189260826195535198", 453),
    ],
)
def test_a_key_has_the_hash_that_the_service_gives_it(key: str, expected: int) -> None:
    assert hash_of(key) == expected


@pytest.mark.parametrize(
    ("key", "partitions", "expected"),
    [
        ("alphabet", 3, 0),
        ("alphabet", 11, 4),
        ("TheBestParitionEver", 4, 2),
        ("TheWorstParitionEver", 15, 1),
    ],
)
def test_a_key_belongs_where_the_other_clients_send_it(
    key: str, partitions: int, expected: int
) -> None:
    assert partition_of(key, partitions) == expected


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_azure_eventhub_computes_the_same_hash(key: str) -> None:
    assert hash_of(key) == generate_hash_code(key)
