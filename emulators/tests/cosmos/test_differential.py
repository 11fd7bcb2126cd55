"""2,000 generated queries: the emulator and a reader that was written apart answer the same."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from emulators.tests.cosmos.conftest import Account
from emulators.tests.cosmos.generating import items, query, query_over_partitions
from emulators.tests.cosmos.reader import Asked, answer, canonical
from emulators.tests.cosmos.rest import DOCS, QUERY, Rest, key
from emulators.tests.cosmos.wording import to_text, with_parameters

# It takes a processor for a third of a minute.
pytestmark = pytest.mark.proof

IN_ONE, OVER_ALL = 1_600, 400


async def ask(client: Rest, asked: Asked, dice: random.Random) -> list[Any]:
    """Ask with literals or parameters, for everything at once or in pages of a few."""
    text, parameters = with_parameters(asked) if dice.random() < 0.5 else (to_text(asked), [])
    size = dice.choice(("1000", "1000", "7"))
    headers = {**QUERY, **key("p"), "x-ms-max-item-count": size}
    found: list[Any] = []
    while True:
        body = {"query": text, "parameters": parameters}
        answered = await client.ask("POST", DOCS, body, headers=headers)
        assert answered.status == 200, f"{text}: {answered.text}"
        found += answered.body["Documents"]
        if "x-ms-continuation" not in answered.headers:
            return found
        headers["x-ms-continuation"] = answered.headers["x-ms-continuation"]


def agree(asked: Asked, left: Sequence[Any], right: Sequence[Any]) -> bool:
    if not asked.order:
        return sorted(map(canonical, left)) == sorted(map(canonical, right))
    return [_in_order(one) for one in left] == [_in_order(one) for one in right]


def _in_order(value: Any) -> str:
    # Arrays and objects have no order among themselves.
    return type(value).__name__ if isinstance(value, list | dict) else canonical(value)


class Differences:
    """Compares answers, and counts those that hold anything."""

    def __init__(self, stored: Sequence[dict[str, Any]]) -> None:
        self._stored = stored
        self.filled = 0
        self.found: list[str] = []

    def compare(self, asked: Asked, found: Sequence[Any], *, merged: bool = False) -> None:
        expected = answer(asked, self._stored)
        self.filled += bool(expected)
        if merged and asked.distinct:
            # azure-cosmos leaves null out of what is distinct.
            expected = [one for one in expected if one is not None]
        if merged and asked.aggregate:
            # To it, an aggregate of nothing is null.
            expected = expected or [None]
        if not agree(asked, expected, found):
            self.found.append(f"{to_text(asked)}\n  expected {expected}\n  found    {found}")


async def test_two_readers_of_one_language_agree(client: Rest) -> None:
    dice = random.Random(25)
    stored = items(dice, ("p",))
    for item in stored:
        made = await client.ask("POST", DOCS, item, headers=key("p"))
        assert made.status == 201, made.text
    differences = Differences(stored)
    for _ in range(IN_ONE):
        asked = query(dice)
        differences.compare(asked, await ask(client, asked, dice))

    assert not differences.found, "\n".join(differences.found[:10])
    assert differences.filled > IN_ONE / 3


async def test_what_azure_cosmos_merges_of_all_partitions_agrees(cosmos: Account) -> None:
    dice = random.Random(26)
    stored = items(dice, ("p", "q", "r", "s", "t"))
    differences = Differences(stored)
    async with cosmos.container(unique="/id") as container:
        for item in stored:
            await container.create_item(item)
        for _ in range(OVER_ALL):
            asked = query_over_partitions(dice)
            text, parameters = with_parameters(asked)
            size = dice.choice((None, None, 5))
            pages = container.query_items(text, parameters=parameters, max_item_count=size)
            differences.compare(asked, [one async for one in pages], merged=True)

    assert not differences.found, "\n".join(differences.found[:10])
    assert differences.filled > OVER_ALL / 3
