"""Money is exact, and of one currency."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError
from pydantic_core import to_jsonable_python

from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Event
from shared.kernel.messages.values import Money
from tests.kernel.doors import DOOR

AMOUNTS = st.decimals("-1E+38", "1E+38", places=20)


class Price(Money):
    """An amount with a limit."""

    amount: Annotated[Decimal, Field(ge=0, le=1_000)]


class Charged(Event):
    """An amount is due."""

    charge: Money


def price(amount: str) -> Price:
    return Price(amount=Decimal(amount), currency="EUR")


def euro(amount: str | Decimal) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def test_money_is_counted() -> None:
    assert euro("0.10") + euro("0.20") == euro("0.30")
    assert euro("1") - euro("0.01") == euro("0.99")
    assert euro("19.99") * 3 == euro("59.97")
    assert 3 * euro("19.99") == euro("59.97")
    assert euro("2.50") * Decimal("0.5") == -euro("-1.25")
    assert sum([euro("1"), euro("2")], start=euro("0")) == euro("3")


def test_what_is_counted_of_limited_amounts_is_money_without_the_limit() -> None:
    counted = [price("1000") * 2, 2 * price("1000"), price("1000") + price("1000")]

    assert counted == [euro("2000")] * 3
    assert price("1") - price("2") == -price("1") == euro("-1")
    assert {type(one) for one in (*counted, -price("1"))} == {Money}


def test_amounts_are_equal_by_what_they_hold() -> None:
    assert price("1.50") == euro("1.5")
    assert hash(price("1.50")) == hash(euro("1.5"))
    assert price("1.50") != euro("1.51")
    assert price("1") != Money(amount=Decimal(1), currency="USD")
    assert price("1") != Decimal(1)


def test_an_event_holds_a_limited_amount_as_money() -> None:
    event = Charged(charge=price("1.50"))

    assert replace(DOOR, events=(Charged,), upcasters={}).record(event).data == {
        "charge": {"amount": "1.5", "currency": "EUR"}
    }


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
