"""What `make new-domain` and `make new-category` write is in shape, and nothing that is there is overwritten."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.business import Project
from infra.scaffold.adding import NotListed, added
from infra.scaffold.naming import NotWritten, check, plural
from infra.scaffold.writing import new_category, new_domain
from tests.reference import copied

LISTED = """
domain = Domain(
    categories=(book,),
    views=[
        books,
    ],
    receptors=(),
    policies=POLICIES,
)
SPECS: list[Spec] = []
FLOWS = [*book.FLOWS, *more.FLOWS]
DEADLINES = one, two
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(copied(tmp_path / "copy"))


def files(project: Project) -> dict[Path, str]:
    folders = (project.root / "shared" / "domain", project.root / "tests" / "specs")
    found = (file for folder in folders for file in folder.rglob("*.py"))
    return {file: file.read_text(encoding="utf-8") for file in found}


def complaints(project: Project, *folders: Path) -> Iterator[str]:
    """Yield what lint, format and types say of folders."""
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        said = subprocess.run(
            [sys.executable, "-m", *tool, *map(str, folders)],
            cwd=project.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode:
            yield said.stdout + said.stderr


def test_what_is_written_is_formatted_linted_and_typed(project: Project) -> None:
    written = new_domain(project, "clinic", "patient")
    written += new_category(project, "appointment")
    written += new_category(project, "prescriptionformedicine")

    folders = (project.code("clinic"), project.specs("clinic"))
    assert list(complaints(project, *folders)) == []
    assert project.active() == "clinic"
    assert {file.parent for file in written} == {*folders, project.line.parent}
    handed_over = (project.code("clinic") / "__init__.py").read_text().partition("Domain(")[2]
    for one in ("patient", "appointment", "prescriptionformedicine"):
        assert {one, f"{one}s", f"{one}_links_back"} <= set(re.findall(r"\w+", handed_over))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "'' names no domain: it takes 2 to 30 small letters and digits"),
        ("My Clinic", "'My Clinic' names no domain"),
        ("my-clinic", "'my-clinic' names no domain"),
        ("../clinic", "'../clinic' names no domain"),
        ("class", "'class' means something else in Python"),
        ("list", "'list' means something else in Python"),
        ("views", "'views' names routes of Onewrite itself: admin, "),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(NotWritten) as refused:
        check("domain", name)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("shop", "shared/domain/shop"),
        ("graph", "tests/specs/graph.py"),
        ("decisions", "docs/decisions"),
    ],
)
def test_what_is_there_is_never_overwritten_by_a_domain(
    project: Project, name: str, there: str
) -> None:
    before = files(project)

    with pytest.raises(NotWritten, match="nothing was written") as refused:
        new_domain(project, name, "thing")

    assert there in str(refused.value)
    assert files(project) == before


def test_what_is_there_is_never_overwritten_by_a_category(project: Project) -> None:
    new_domain(project, "clinic", "patient")
    (project.code("clinic") / "bill").mkdir()
    before = files(project)

    for name in ("patient", "bill"):
        with pytest.raises(NotWritten, match=f"shared/domain/clinic/{name}.* is there already"):
            new_category(project, name)

    assert files(project) == before


def test_a_category_that_cannot_be_listed_is_not_written_by_halves(project: Project) -> None:
    new_domain(project, "clinic", "patient")
    handing = project.code("clinic") / "__init__.py"
    handing.write_text(handing.read_text().replace("views=(", "views=(*VIEWS,) + ("))
    before = files(project)

    with pytest.raises(NotWritten, match="no list or tuple 'views' that is written out"):
        new_category(project, "bill")

    assert files(project) == before


def test_the_shop_gets_no_category_by_the_way(project: Project) -> None:
    line = project.line.read_text()
    project.line.write_text(line.replace(f".{project.active()} ", ".shop "))

    with pytest.raises(NotWritten, match="`make new-domain` first"):
        new_category(project, "bill")


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("categories", "    categories=(book, bill),\n"),
        ("views", "    views=[\n        books, bill],\n"),
        ("receptors", "    receptors=(bill,),\n"),
        ("SPECS", "SPECS: list[Spec] = [bill,]\n"),
        ("FLOWS", "FLOWS = [*book.FLOWS, *more.FLOWS, bill]\n"),
    ],
)
def test_a_name_is_added_at_the_end_of_what_is_listed(to: str, line: str) -> None:
    assert line in added(LISTED, to, "bill")


@pytest.mark.parametrize("to", ["policies", "DEADLINES", "enrichers"])
def test_what_is_not_written_out_in_brackets_is_left_alone(to: str) -> None:
    with pytest.raises(NotListed):
        added(LISTED, to, "bill")


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("clinic", "clinics"),
        ("library", "libraries"),
        ("day", "days"),
        ("box", "boxes"),
        ("address", "addresses"),
        ("branch", "branches"),
    ],
)
def test_views_are_named_after_many(noun: str, many: str) -> None:
    assert plural(noun) == many
