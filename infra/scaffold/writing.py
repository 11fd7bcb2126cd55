"""Writes a domain, or a category into the domain that runs: its code, its specs, and the lines that name them."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from infra.business import SHOP, Project
from infra.scaffold.adding import NotListed, added, imported
from infra.scaffold.naming import NotWritten, check, words

TEMPLATES = Path(__file__).parent / "templates"


def new_domain(project: Project, name: str, category: str) -> list[Path]:
    """Write a domain with one category, and let it be the one that runs; raises NotWritten."""
    check("domain", name)
    check("category", category)
    code, specs = project.code(name), project.specs(name)
    _free(project, code, specs, specs.with_suffix(".py"), project.root / "docs" / name)
    said = words(name, category)
    written = _written(
        {
            code / "__init__.py": _text("domain", said),
            code / f"{category}.py": _text("category", said),
            specs / "__init__.py": _text("specs", said),
            specs / f"{category}.py": _text("category_specs", said),
        }
    )
    project.activate(name)
    _format(project, written)
    return [*written, project.line]


def new_category(project: Project, name: str) -> list[Path]:
    """Write a category into the domain that runs; raises NotWritten.

    When it cannot see where the domain lists its categories, it says what to add there.
    """
    check("category", name)
    domain = project.active()
    if domain == SHOP:
        raise NotWritten("the shop runs, which the tests rely on: `make new-domain` first")
    code, specs = project.code(domain), project.specs(domain)
    _free(project, *(one for at in (code, specs) for one in (at / name, at / f"{name}.py")))
    said = words(domain, name)
    changed = {code / "__init__.py": _listed(code, said), specs / "__init__.py": _told(specs, said)}
    written = _written(
        {
            code / f"{name}.py": _text("category", said),
            specs / f"{name}.py": _text("category_specs", said),
            **changed,
        }
    )
    _format(project, written)
    return written


def _listed(code: Path, said: Mapping[str, str]) -> str:
    """Return the module of the domain with the category in it; raises NotWritten."""
    one, many = said["category"], said["plural"]
    line = f"from shared.domain.{said['domain']}.{one} import {one}, {one}_links_back, {many}"
    lists = {"categories": one, "views": many, "receptors": f"{one}_links_back"}
    return _with(code / "__init__.py", line, lists)


def _told(specs: Path, said: Mapping[str, str]) -> str:
    one = said["category"]
    lists = {name: f"*{one}.{name}" for name in ("SPECS", "REACTIONS", "FLOWS")}
    return _with(specs / "__init__.py", f"from tests.specs.{said['domain']} import {one}", lists)


def _with(file: Path, line: str, lists: Mapping[str, str]) -> str:
    source = imported(file.read_text(encoding="utf-8"), line)
    for name, what in lists.items():
        try:
            source = added(source, name, what)
        except NotListed as missing:
            raise NotWritten(
                f"{file} has no list or tuple '{missing}' that is written out: add an empty one,"
                f" or add the category yourself"
            ) from missing
    return source


def _free(project: Project, *paths: Path) -> None:
    for path in paths:
        if path.exists():
            there = path.relative_to(project.root)
            raise NotWritten(f"{there} is there already, so nothing was written")


def _text(template: str, said: Mapping[str, str]) -> str:
    text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(said)


def _written(files: Mapping[Path, str]) -> list[Path]:
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


def _format(project: Project, files: Sequence[Path]) -> None:
    """Put imports in order and lines in shape: names are short or long."""
    for command in (["check", "--fix", "--select", "I"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", *map(str, files)]
        subprocess.run(ruff, cwd=project.root, check=True)
