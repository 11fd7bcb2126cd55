"""The page on the types of fields says what the kernel does with them, of every type that the tests send."""

import os
from pathlib import Path

from tests.wire.every_type import Facts
from tests.wire.field_types_page import SAMPLES, page

PAGE = Path(__file__).parents[2] / "docs" / "field-types.md"


def test_the_page_on_the_types_of_fields_is_current() -> None:
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page(), "WRITE_DOCS=1 writes it anew"


def test_every_type_that_is_sent_every_way_is_on_the_page() -> None:
    again = {"maybe_text", "value", "moments", "payments"}

    assert {sample.field for sample in SAMPLES} == Facts.model_fields.keys() - again
