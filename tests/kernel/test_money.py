"""Money is exact, and of one currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from shared.kernel.messages.json_reading import read
from shared.kernel.messages.values import Money

AMOUNTS = st.decimals("-1E+38", "1E+38", places=20)


def euro(amount: str | Decimal) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def test_money_is_counted() -> None:
    assert euro("0.10") + euro("0.20") == euro("0.30")
    assert euro("1") - euro("0.01") == euro("0.99")
    assert euro("19.99") * 3 == euro("59.97")
    assert euro("2.50") * Decimal("0.5") == -euro("-1.25")


def test_money_is_compared() -> None:
    assert euro("9") < euro("10") <= euro("10.00")
    assert not euro("10") < euro("10")


@given(AMOUNTS, AMOUNTS)
def test_no_cent_is_lost_in_large_amounts(one: Decimal, other: Decimal) -> None:
    assert euro(one) + euro(other) - euro(other) == euro(one)


def test_currencies_do_not_mix() -> None:
    dollar = Money(amount=Decimal(1), currency="USD")

    for mixing in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(ValueError, match="USD is not EUR"):
            mixing(euro("1"), dollar)


def test_money_is_a_text_and_a_currency_in_json() -> None:
    stored = to_jsonable_python(euro("12.50"))

    assert stored == {"amount": "12.5", "currency": "EUR"}
    assert read(Money, stored) == euro("12.5")


def test_what_is_no_money_is_not_made() -> None:
    with pytest.raises(ValidationError):
        Money(amount=Decimal(1), currency="euro")
    with pytest.raises(ValidationError):
        euro("1E+39") * 100
