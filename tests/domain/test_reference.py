"""The reference of what a business may declare names all of it, as it is."""

import os
import re

from infra.local.stack import ROOT
from shared.kernel.commands.category import Category
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from tests.domain.declarations import CHAPTERS, fields, page

PAGE = ROOT / "docs" / "domain-reference.md"
CLASSES = {one.__name__ for classes in CHAPTERS.values() for one in classes}


def test_the_reference_is_current() -> None:
    now = page()
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(now, encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == now, "WRITE_DOCS=1 writes it anew"


def test_everything_that_a_business_hands_over_is_explained() -> None:
    named = {name for _, kind, _ in fields(Domain) for name in re.findall(r"[A-Z]\w+", kind)}

    assert {"Category", "View", "Receptor", "Deadline"} <= named
    assert named - {"Any"} <= CLASSES


def test_a_field_is_shown_with_its_type_and_what_it_is_without_one() -> None:
    shown = {name: (kind, default) for name, kind, default in fields(Category)}

    assert shown["commands"] == ("tuple[type[Command], ...]", "")
    assert shown["process_commands"] == ("tuple[type[Command], ...]", "()")
    assert "routes" not in shown, "nobody gives it"
    assert ("every", "int", "EVERY") in list(fields(Snapshots))
