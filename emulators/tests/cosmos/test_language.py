"""What the clauses, operators and functions of the query language mean."""

from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy

from emulators.tests.cosmos.test_queries import ask, fill

GROUPS = [{"even": True, "n": 15, "$1": 14}, {"even": False, "n": 15, "$1": 15}]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT VALUE [c.n, t] FROM c JOIN t IN c.tags WHERE c.n IN (1, 2)", [[1, 1], [2, 2]]),
        ("SELECT VALUE t FROM t IN c.tags WHERE t > 1 AND t < 3", [2] * 10),
        ("SELECT DISTINCT VALUE t FROM items c JOIN t IN c.tags", [0, 1, 2]),
        ("SELECT c.even, COUNT(1) AS n, AVG(c.n) FROM c GROUP BY c.even", GROUPS),
        ("SELECT VALUE UPPER(c.text) FROM root AS c WHERE CONTAINS(c.text, 'T', true)", ["IT'S"]),
        (
            "SELECT VALUE c.n FROM c WHERE c.id LIKE '02_' AND c.id NOT LIKE '%7' AND c.n > 25",
            [26, 28, 29],
        ),
        ("SELECT VALUE c.n * 2 + 1 - c.n / 2 % 4 FROM c WHERE c.n = 7", [11.5]),
        ("SELECT VALUE (c.n > 28 ? 'big' : c.no ?? 'none') FROM c WHERE c.n > 27", ["none", "big"]),
        ("SELECT VALUE c.id || '-' || c.nothing FROM c", []),
        ("SELECT VALUE -c.n FROM c WHERE c.n = 3 -- a comment\n/* and another */", [-3]),
        (
            "SELECT VALUE {a: LENGTH(c.id), b: ROUND(-2.5), c: IS_NULL(c.none)} FROM c WHERE c.n = 7",
            [{"a": 3, "b": -3, "c": True}],
        ),
        ("SELECT VALUE [1] = [true] FROM c WHERE c.n = 1", [False]),
        ("SELECT VALUE ARRAY_CONTAINS([c.x], {y: 4}, true) FROM c WHERE c.n = 4", [True]),
        ("SELECT VALUE MIN(c.n) FROM c WHERE c.n > 100", []),
    ],
)
async def test_the_language_means_what_it_says(
    query: str, expected: list[Any], container: ContainerProxy
) -> None:
    await fill(container)

    assert await ask(container, query) == expected
