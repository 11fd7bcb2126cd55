"""The page on the types of fields says what the kernel does with them, of every type that the tests send."""

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from shared.kernel.messages.message import LARGEST_EXACT_INTEGER
from shared.kernel.messages.values import Money
from tests.wire.every_type import Facts
from tests.wire.field_types_page import SAMPLES, page
from tests.wire.values import values

PAGE = Path(__file__).parents[2] / "docs" / "field-types.md"


def test_the_page_on_the_types_of_fields_is_current() -> None:
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page(), "WRITE_DOCS=1 writes it anew"


def test_every_type_that_is_sent_every_way_is_on_the_page() -> None:
    again = {"maybe_text", "value", "moments", "payments"}

    assert {sample.field for sample in SAMPLES} == Facts.model_fields.keys() - again


@given(data=st.data())
def test_a_price_as_on_the_page_never_comes_to_more_cents_than_a_row_holds(
    data: st.DataObject,
) -> None:
    price = data.draw(values(_declared()["Price"]))

    assert 0 <= int(price.amount * 100) <= LARGEST_EXACT_INTEGER


def test_a_price_as_on_the_page_has_a_limit() -> None:
    with pytest.raises(ValidationError):
        _declared()["Price"].model_validate_json('{"amount": "1000001", "currency": "EUR"}')


def _declared() -> dict[str, Any]:
    """Declare what the page does."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = {"Annotated": Annotated, "Decimal": Decimal, "Field": Field, "Money": Money}
    exec(code, names)
    return names
