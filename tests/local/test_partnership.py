"""What the demo says of its partner: whatever it was not told, or was told otherwise, is named."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from infra.local.shop.partnership import REFUSED, Partnership, unlike

CONFIRMED, REJECTED = "onewrite.order.confirmed.v1", "onewrite.order.rejected.v1"
TAKEN, GONE = f"order-7@2/{CONFIRMED}", f"order-8@2/{REJECTED}"
ITEMS: list[dict[str, Any]] = [
    {"stream": "order-7", "version": 2, "events": [{"type": "OrderPlaced"}, {"type": "OrderConfirmed"}]},
    {"stream": "order-8", "version": 1, "events": [{"type": "OrderPlaced"}]},
    {"stream": "order-8", "version": 2, "events": [{"type": "OrderRejected"}]},
]  # fmt: skip


def heard(
    *said: tuple[str, str], dead: Iterable[str] = (GONE,), reason: str = REFUSED
) -> Partnership:
    partnership = Partnership("https://example.com", dead=dict.fromkeys(dead, reason))
    for id_, word in said:
        partnership.hear(json.dumps({"id": id_, "said": word}).encode())
    return partnership


def test_what_was_taken_or_is_a_dead_letter_because_it_was_refused_is_right() -> None:
    told = heard((TAKEN, "busy"), (TAKEN, "late"), (TAKEN, "taken"), (GONE, "refused"))

    assert unlike(ITEMS, told) == []


OTHER = f"order-9@1/{CONFIRMED}"
WRONG = {
    f"the partner was never told {TAKEN}": heard((GONE, "refused")),
    f"the partner was never told {GONE}": heard((TAKEN, "taken"), dead=()),
    f"the partner was told {OTHER}, and it is not so": heard((OTHER, "taken")),
    f"{TAKEN} is a dead letter, and the partner did not refuse it": heard(dead=(TAKEN,)),
    f"{GONE} was refused, and is no dead letter": heard((GONE, "refused"), dead=()),
    f"{GONE} is a dead letter because of TimeToLiveExceeded": heard(
        (GONE, "refused"), reason="TimeToLiveExceeded"
    ),
    f"{GONE} was refused, and taken": heard((GONE, "refused"), (GONE, "taken")),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_is_not_so_is_named(sentence: str) -> None:
    assert sentence in unlike(ITEMS, WRONG[sentence])


def test_what_only_waits_for_the_partner_was_never_told() -> None:
    """It says that it is busy for as long as the time to live lasts."""
    told = heard((TAKEN, "busy"), (GONE, "refused"), dead=(TAKEN, GONE))

    assert f"the partner was never told {TAKEN}" in unlike(ITEMS, told)
