"""What is declared, what is pinned, and what is imported."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import distributions, requires, version
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement

from infra.local.stack import ROOT

DEPLOYED: Final = ["function_app.py", "command_api", "single_publisher", "consumers", "shared"]
DEVELOPED: Final = ["emulators", "infra", "tests"]
FIRST_PARTY: Final = {Path(name).stem for name in (*DEPLOYED, *DEVELOPED)}


def text_of(name: str) -> str:
    """Returns the text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


PYPROJECT: Final[dict[str, Any]] = tomllib.loads(text_of("pyproject.toml"))


def normal(name: str) -> str:
    """Returns the name of a package as an index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(name: str, *, first_part: bool = False) -> dict[str, str]:
    """Returns the versions that a file of requirements pins."""
    text = text_of(name)
    text = text.split("\n# Needed by ")[0] if first_part else text
    return {
        normal(one): version
        for one, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    }


def hashed(name: str) -> dict[str, list[str]]:
    """Returns the hashes that a file of requirements gives each package."""
    found = re.findall(
        r"^([\w.-]+)==\S+(?: ; [^\\\n]+)? \\\n((?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        text_of(name),
        re.MULTILINE,
    )
    return {normal(one): re.findall(r"sha256:([0-9a-f]{64})", lines) for one, lines in found}


def needed(roots: Iterable[str]) -> dict[str, str]:
    """Returns the versions that are installed of packages and of all that these need here."""
    found: dict[str, str] = {}
    left = [(name, "") for name in roots]
    seen = set(left)
    while left:
        name, extra = left.pop()
        found[name] = version(name)
        for one in map(Requirement, requires(name) or ()):
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                more = {(normal(one.name), wanted) for wanted in ("", *one.extras)} - seen
                seen |= more
                left += more
    return found


USED: Final = {normal(name) for name in PYPROJECT["project"]["dependencies"]}
DEVELOPING: Final = {normal(name) for name in PYPROJECT["dependency-groups"]["dev"]}


def undeclared(folders: list[str], declared: set[str]) -> dict[str, str]:
    """Returns the packages that are imported and not declared, each with a module that is imported of it."""
    found: dict[str, str] = {}
    for module in imported(folders):
        if module.split(".")[0] in FIRST_PARTY | sys.stdlib_module_names:
            continue
        package = packages().get(module) or packages().get(module.rpartition(".")[0], module)
        if package not in declared:
            found[package] = module
    return found


def imported(folders: list[str]) -> set[str]:
    """Returns the modules that files import, and what they import from them: it may be a module too."""
    modules: set[str] = set()
    roots = [ROOT / folder for folder in folders]
    files = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*.py"))]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    modules |= {name.name for name in names}
                case ast.ImportFrom(module=str(module), level=0, names=names):
                    own = {f"{module}.{name.name}" for name in names} & packages().keys()
                    modules |= own or {module}
    return modules


@cache
def packages() -> dict[str, str]:
    """Returns the package that each installed module is of."""
    found: dict[str, str] = {}
    for distribution in distributions():
        name = normal(distribution.metadata["Name"])
        for file in distribution.files or ():
            path = Path(file)
            if path.suffix in {".py", ".so"}:
                parts = [*path.parent.parts, path.name.split(".")[0]]
                found[".".join(part for part in parts if part != "__init__")] = name
    return found
