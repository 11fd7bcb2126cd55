"""What is told of what pydantic refuses: places and kinds, never what stands there."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator

from shared.kernel import validation_faults
from shared.kernel.messages.json_reading import read_text
from shared.kernel.messages.message import Command
from shared.kernel.messages.values import Money
from shared.kernel.validation_faults import MOST, faults, told

OURS = "bob@example.com"
ROOT = Path(validation_faults.__file__).parents[2]


class Cat(BaseModel):
    """One of two kinds."""

    kind: Literal["cat"]


class Dog(BaseModel):
    """The other."""

    kind: Literal["dog"]


class Letter(Command):
    """A command whose domain says in words what is wrong with it."""

    to: str = ""
    copies: list[int] = Field([])
    about: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None

    @field_validator("to")
    @classmethod
    def known(cls, to: str) -> str:
        if to:
            raise ValueError(f"{to} is not known")
        return to


REFUSED: dict[str, tuple[dict[str, Any], str, tuple[str, str]]] = {
    "by a rule of the domain": (
        {"to": OURS},
        "/to value_error",
        ("/to", "It is not valid (value_error)."),
    ),
    "by its kind": (
        {"about": {"kind": OURS}},
        "/about union_tag_invalid",
        ("/about", "It is not valid (union_tag_invalid)."),
    ),
    "by its type": (
        {"copies": [1, OURS]},
        "/copies/1 int_type: Input should be a valid integer",
        ("/copies/1", "Input should be a valid integer."),
    ),
    "because nobody knows it": (
        {"a/b~" + "c" * 80: OURS},
        "/ extra_forbidden",
        ("/a~1b~0" + "c" * 56, "Extra inputs are not permitted."),
    ),
}


def refused(content: Any) -> ValidationError:
    with pytest.raises(ValidationError) as raised:
        Letter.model_validate(content)
    return raised.value


@pytest.mark.parametrize("why", REFUSED)
def test_a_place_and_a_kind_are_told_and_no_value(why: str) -> None:
    content, logged, answered = REFUSED[why]

    error = refused(content)

    assert told(error) == logged
    assert faults(error) == [answered]


def test_no_more_is_told_than_somebody_reads() -> None:
    error = refused({"copies": [OURS] * 1_000})

    assert len(told(error).split("; ")) == MOST == len(faults(error))
    assert OURS not in str(error)


def test_what_is_no_json_is_told_by_its_place() -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(Letter).validate_json(f'{{"to": {OURS}}}')

    assert faults(raised.value) == [("", "Invalid JSON: expected value at line 1 column 8.")]


def test_a_list_is_not_too_short_because_a_member_of_it_is_wrong() -> None:
    class Terms(Command):
        rows: Annotated[tuple[Annotated[str, Field(pattern="^[A-Z]$")], ...], Field(min_length=1)]

    with pytest.raises(ValidationError) as wrong:
        read_text(Terms, b'{"rows": ["text"]}')
    with pytest.raises(ValidationError) as short:
        read_text(Terms, b'{"rows": []}')

    assert [place for place, _ in faults(wrong.value)] == ["/rows/0"]
    assert told(wrong.value) == (
        "/rows/0 string_pattern_mismatch: String should match pattern '^[A-Z]$'"
    )
    assert told(short.value) == "/rows too_short"


def test_an_operator_is_told_what_form_was_expected() -> None:
    with pytest.raises(ValidationError) as refused:
        read_text(Money, b'{"amount": 12.5}')

    assert told(refused.value) == (
        "/amount json_form: A decimal as a text such as '12.50' is expected; /currency missing: Field required"
    )


@pytest.mark.parametrize(
    ("through", "place"),
    [
        (
            ("shared/domain/shop/views/stock.py", "shared/kernel/messages/values.py"),
            "shared/domain/shop/views/stock.py",
        ),
        (
            ("shared/kernel/views/view.py", ".venv/site-packages/lib/main.py"),
            "shared/kernel/views/view.py",
        ),
        (
            ("shared/domain/shop/views/stock.py", "/usr/lib/decimal.py"),
            "shared/domain/shop/views/stock.py",
        ),
    ],
)
def test_the_line_of_the_business_or_of_our_code_is_told_and_none_of_a_library(
    through: tuple[str, str], place: str
) -> None:
    first, *others = (calling(ROOT / path) for path in (*through, "/usr/lib/site-packages/a.py"))

    with pytest.raises(IndexError) as raised:
        first(*others)

    assert told(raised.value) == f"{place}, line 1"


def test_of_what_the_business_makes_wrong_the_line_is_told_as_well() -> None:
    makes = calling(ROOT / "shared/domain/shop/views/stock.py")

    with pytest.raises(ValidationError) as raised:
        makes(lambda: Letter(to=OURS, copies=[]))

    assert told(raised.value) == "/to value_error, shared/domain/shop/views/stock.py, line 1"


def calling(file: Path) -> Any:
    """Returns a function of a file that calls the next one; the last one fails."""
    scope: dict[str, Any] = {}
    source = "def call(*others): others[0](*others[1:])"
    exec(compile(source, str(file), "exec"), scope)
    return scope["call"]
