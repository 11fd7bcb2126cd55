"""2,000 generated queries: the emulator and a reader that was written apart answer the same."""

import random
from typing import Any

import pytest

from emulators.tests.cosmos.reader import Asked, answer, canonical, to_text
from emulators.tests.cosmos.rest import DOCS, Rest, key

# It takes a processor for a quarter of a minute.
pytestmark = pytest.mark.proof

QUERIES = 2000
PATHS = ("n", "text", "flag", "none", "mixed", "deep.n", "deep.text", "tags", "nothing")
ORDERED = ("n", "text", "flag", "mixed", "deep.n", "deep.text", "nothing")
NUMBERS = ("n", "deep.n", "nothing", "text")
SIGNS = ("=", "!=", "<", "<=", ">", ">=")
VALUES: tuple[Any, ...] = (
    *(
        0,
        1,
        2,
        3,
        -1,
        2.5,
        7,
        "a",
        "b",
        "ab",
        "",
        "ü",
        True,
        False,
        None,
        [1],
        ["a", True],
        {"n": 1},
    ),
)


def items(dice: random.Random) -> list[dict[str, Any]]:
    """Make items whose properties are of several types, or missing."""
    found = []
    for number in range(60):
        item: dict[str, Any] = {"id": str(number), "pk": "p"}
        choices: dict[str, Any] = {
            "n": dice.choice((0, 1, 2, 3, -1, 2.5, 7)),
            "text": dice.choice(("a", "b", "ab", "", "ü", "ba")),
            "flag": dice.random() < 0.5,
            "none": None,
            "mixed": dice.choice(VALUES),
            "deep": {"n": dice.choice((0, 1, 2)), "text": dice.choice(("a", "b"))},
            "tags": dice.choice(([], [1], ["a", True], [1, "b"], [{"n": 1}])),
        }
        found.append({**item, **{k: v for k, v in choices.items() if dice.random() < 0.85}})
    return found


def condition(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.random()
    if depth < 3 and kind < 0.35:
        word = dice.choice(("and", "or"))
        return word, [condition(dice, depth + 1) for _ in range(dice.randint(2, 4))]
    if depth < 3 and kind < 0.45:
        return "not", condition(dice, depth + 1)
    path = dice.choice(PATHS)
    return dice.choice(
        (
            ("in", path, dice.sample(VALUES, 3)),
            ("between", path, dice.choice((0, "a", False)), dice.choice((2, "b", True))),
            ("defined", path),
            ("contains", dice.choice(("tags", path)), dice.choice(VALUES)),
            ("starts", path, dice.choice(("a", "", "b"))),
            *[(dice.choice(SIGNS), path, dice.choice(VALUES)) for _ in range(6)],
        )
    )


def query(dice: random.Random) -> Asked:
    where = condition(dice) if dice.random() < 0.9 else None
    kind = dice.random()
    if kind < 0.15:
        return Asked(
            where,
            (dice.choice(NUMBERS),),
            aggregate=dice.choice(("COUNT", "SUM", "AVG", "MIN", "MAX")),
        )
    if kind < 0.25:
        aggregate = dice.choice(("COUNT", "SUM", "MAX", "MIN"))
        return Asked(
            where,
            (dice.choice(NUMBERS),),
            aggregate=aggregate,
            grouped=dice.choice(("text", "mixed", "flag")),
        )
    selected = tuple(dice.sample(PATHS, dice.choice((1, 1, 2, 3))))
    if kind < 0.55:
        return Asked(where, selected, distinct=dice.random() < 0.4)
    order = dice.choice(ORDERED)
    skip, take = (dice.randint(0, 5), dice.randint(0, 30)) if dice.random() < 0.5 else (0, None)
    # Only the values that give the order are the same for everybody.
    return Asked(where, (order,), order=order, descending=dice.random() < 0.5, skip=skip, take=take)


async def ask(client: Rest, text: str) -> list[Any]:
    answered = await client.query(DOCS, text, headers={**key("p"), "x-ms-max-item-count": "1000"})
    assert answered.status == 200, f"{text}: {answered.text}"
    found: list[Any] = answered.body["Documents"]
    return found


def agree(asked: Asked, left: list[Any], right: list[Any]) -> bool:
    if not asked.order:
        return sorted(map(canonical, left)) == sorted(map(canonical, right))
    return [_in_order(one) for one in left] == [_in_order(one) for one in right]


def _in_order(value: Any) -> str:
    # Arrays and objects have no order among themselves.
    return type(value).__name__ if isinstance(value, list | dict) else canonical(value)


async def test_two_readers_of_one_language_agree(client: Rest) -> None:
    dice = random.Random(25)
    stored = items(dice)
    for item in stored:
        made = await client.ask("POST", DOCS, item, headers=key("p"))
        assert made.status == 201, made.text
    different: list[str] = []
    filled = 0
    for _ in range(QUERIES):
        asked = query(dice)
        text = to_text(asked)
        expected, found = answer(asked, stored), await ask(client, text)
        filled += bool(expected)
        if not agree(asked, expected, found):
            different.append(f"{text}\n  expected {expected}\n  found    {found}")

    assert not different, "\n".join(different[:10])
    assert filled > QUERIES / 3
