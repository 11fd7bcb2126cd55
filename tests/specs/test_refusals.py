"""No refusal escapes: its code is found wherever it is refused, or the way of refusing is not allowed."""

from pathlib import Path

import pytest

from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ShipReservation
from tests.specs.refusals import Unfindable, codes, refused
from tests.specs.shop import SPECS

FOUND = (
    'Refusal("too-late", "No.")',
    'Refusal(\n    "too-late",\n    "No.",\n)',
    'Refusal(sentence="No.", code="too-late")',
    'decider.Refusal("too-late", "No.")',
)
UNFINDABLE = (
    'CODE = "too-late"\nno = Refusal(CODE, "No.")',
    'no = Refusal(f"too-{late}", "No.")',
    "no = Refusal(*both)",
    "no = Refusal(**both)",
    "from shared.kernel.commands.decider import Refusal as No",
    "No = Refusal",
    'no = partial(Refusal, "too-late")',
)


def source(folder: Path, text: str) -> Path:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "helper.py").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("text", FOUND)
def test_a_code_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    assert codes(source(tmp_path, text)) == {"too-late"}


@pytest.mark.parametrize("text", UNFINDABLE)
def test_a_code_that_cannot_be_read_is_not_passed_over(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unfindable, match=r"helper\.py:\d"):
        codes(source(tmp_path, text))


def test_who_looks_whether_something_is_a_refusal_refuses_nothing(tmp_path: Path) -> None:
    assert codes(source(tmp_path, "isinstance(decision, Refusal)")) == set()


def test_a_refusal_that_one_command_has_a_spec_for_is_missing_for_another() -> None:
    unknown = [spec for spec in SPECS if spec.then == "item-unknown"]
    shipping = next(spec for spec in unknown if isinstance(spec.when, ShipReservation))
    others = [spec for spec in SPECS if spec is not shipping]

    assert (ShipReservation, "item-unknown") in refused(item, others)
