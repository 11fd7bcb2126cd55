"""Makes items and queries at random, as data that `reader` and `wording` understand."""

import random
from typing import Any

from emulators.tests.cosmos.reader import ELEMENT, Asked

PATHS = ("n", "text", "flag", "none", "mixed", "deep.n", "deep.text", "tags", "nothing")
ORDERED = ("n", "text", "flag", "mixed", "deep.n", "deep.text", "nothing")
NUMBERS = ("n", "deep.n", "nothing", "text")
SIGNS = ("=", "!=", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "/", "%")
FUNCTIONS = {
    "text": ("LENGTH", "UPPER", "LOWER", "REVERSE"),
    "n": ("ABS", "FLOOR", "CEILING"),
    "tags": ("ARRAY_LENGTH",),
}
KINDS = ("DEFINED", "NULL", "BOOL", "NUMBER", "STRING", "ARRAY", "OBJECT", "PRIMITIVE")
PATTERNS = ("a%", "%b", "_", "%a%", "", "a_", "%", "ü")
FEW: tuple[Any, ...] = (0, 1, 2, 3, -1, 2.5, 7, "a", "b", "ab", "", "ü", True, False, None)
VALUES: tuple[Any, ...] = (*FEW, [1], ["a", True], {"n": 1})


def items(dice: random.Random, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Make items whose properties are of several types, or missing."""
    found = []
    for number in range(60):
        item: dict[str, Any] = {"id": str(number), "pk": dice.choice(keys)}
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


def query(dice: random.Random) -> Asked:
    """Make a query for one partition: whatever the language has."""
    kind = dice.random()
    if kind < 0.15:
        return _joined(dice)
    where = _condition(dice, PATHS) if dice.random() < 0.9 else None
    if kind < 0.3:
        aggregate = dice.choice(("COUNT", "SUM", "AVG", "MIN", "MAX"))
        return Asked(where, (_summed(dice),), aggregate=aggregate)
    if kind < 0.4:
        # An average of halves could differ in its last digit.
        aggregate = dice.choice(("COUNT", "SUM", "MAX", "MIN"))
        return Asked(
            where,
            (_summed(dice),),
            aggregate=aggregate,
            grouped=dice.choice(("text", "mixed", "flag")),
        )
    if kind < 0.65:
        selected = tuple(_term(dice, PATHS) for _ in range(dice.choice((1, 1, 2, 3))))
        return Asked(where, selected, distinct=dice.random() < 0.4)
    return _sorted(dice, where, ORDERED)


def query_over_partitions(dice: random.Random) -> Asked:
    """Make a query that azure-cosmos merges.

    It groups nothing, sorts and adds values of one type alone, and takes true for 1 in what is distinct.
    """
    where = _condition(dice, PATHS) if dice.random() < 0.9 else None
    kind = dice.random()
    if kind < 0.3:
        aggregate = dice.choice(("COUNT", "SUM", "AVG", "MIN", "MAX"))
        return Asked(where, (dice.choice(("n", "deep.n")),), aggregate=aggregate)
    if kind < 0.4:
        return Asked(where, (dice.choice(("n", "text", "deep.text", "none")),), distinct=True)
    if kind < 0.6:
        return Asked(where, tuple(_term(dice, PATHS) for _ in range(dice.choice((1, 2, 3)))))
    return _sorted(dice, where, ("n", "text", "flag", "deep.n", "deep.text"))


def _joined(dice: random.Random) -> Asked:
    paths = (*PATHS, ELEMENT, ELEMENT, f"{ELEMENT}.n")
    where = _condition(dice, paths) if dice.random() < 0.8 else None
    if dice.random() < 0.3:
        return Asked(where, (dice.choice((ELEMENT, "n")),), aggregate="COUNT", joined=True)
    return Asked(
        where,
        (dice.choice((ELEMENT, f"{ELEMENT}.n")), *dice.sample(PATHS, dice.choice((0, 1)))),
        distinct=dice.random() < 0.4,
        joined=True,
    )


def _sorted(dice: random.Random, where: Any, paths: tuple[str, ...]) -> Asked:
    order, on_top = dice.choice(paths), dice.random() < 0.3
    skip, take = (dice.randint(0, 5), dice.randint(0, 30)) if dice.random() < 0.6 else (0, None)
    # Only the values that give the order are the same for everybody.
    return Asked(
        where,
        (order,),
        order=order,
        descending=dice.random() < 0.5,
        skip=0 if on_top else skip,
        take=take,
        on_top=on_top,
    )


def _summed(dice: random.Random) -> Any:
    path = dice.choice(NUMBERS)
    return path if dice.random() < 0.6 else ("+", path, ("literal", dice.choice((1, 2.5))))


def _term(dice: random.Random, paths: tuple[str, ...]) -> Any:
    kind, path = dice.random(), dice.choice(paths)
    if kind < 0.6:
        return path
    if kind < 0.7:
        number = dice.choice((0, 1, 2, -1, 2.5))
        return dice.choice(ARITHMETIC), dice.choice(("n", "deep.n", path)), ("literal", number)
    if kind < 0.8:
        of = dice.choice(tuple(FUNCTIONS))
        return dice.choice(FUNCTIONS[of]), dice.choice((of, path))
    if kind < 0.87:
        return "||", dice.choice(("text", "deep.text", path)), ("literal", dice.choice(("-", "")))
    if kind < 0.94:
        return "??", path, dice.choice((("literal", dice.choice(FEW)), dice.choice(paths)))
    return "?:", _condition(dice, paths, 3), path, ("literal", dice.choice(FEW))


def _condition(dice: random.Random, paths: tuple[str, ...], depth: int = 0) -> Any:
    kind = dice.random()
    if depth < 3 and kind < 0.35:
        word = dice.choice(("and", "or"))
        return word, [_condition(dice, paths, depth + 1) for _ in range(dice.randint(2, 4))]
    if depth < 3 and kind < 0.45:
        return "not", _condition(dice, paths, depth + 1)
    path = dice.choice(paths)
    term = path if depth >= 3 or dice.random() < 0.7 else _term(dice, paths)
    texts = dice.choice(("text", "deep.text", "mixed", path))
    return dice.choice(
        (
            ("in", term, dice.sample(FEW, 3)),
            ("between", term, dice.choice((0, "a", False)), dice.choice((2, "b", True))),
            ("is", dice.choice(KINDS), term),
            ("ARRAY_CONTAINS", dice.choice(("tags", path)), dice.choice(VALUES)),
            (
                dice.choice(("STARTSWITH", "ENDSWITH", "CONTAINS")),
                texts,
                dice.choice(("a", "", "b")),
            ),
            ("LIKE", texts, dice.choice(PATTERNS)),
            *[(dice.choice(SIGNS), term, dice.choice(VALUES)) for _ in range(6)],
        )
    )
