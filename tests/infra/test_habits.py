"""The pages and settings around the code: what they name is there, and versions are the same everywhere."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from infra.local.ports import Ports
from infra.local.stack import ROOT
from tests.infra.declared import PYPROJECT, pinned, text_of

DECISIONS: Final = ROOT / "docs" / "decisions"
RECORDS: Final = sorted(DECISIONS.glob("[0-9]*.md"))
PARTS: Final = ["## Context", "## Decision", "## Consequences", "## Alternatives"]
GUIDES: Final = [
    ROOT / name for name in ("CONTRIBUTING.md", "AGENTS.md", "SECURITY.md", "CHANGELOG.md")
]
PAGES: Final = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]

PYTHON: Final = text_of(".python-version").strip()
HOOKS: Final[dict[str, Any]] = yaml.safe_load(text_of(".pre-commit-config.yaml"))
CONTAINER: Final[dict[str, Any]] = json.loads(text_of(".devcontainer/devcontainer.json"))
DEPENDABOT: Final[dict[str, Any]] = yaml.safe_load(text_of(".github/dependabot.yml"))


# Decisions and pages


def test_every_decision_is_in_the_index_under_its_title() -> None:
    rows = re.findall(
        r"^\| (\d{4}) \| \[(.+)\]\((.+\.md)\) \| (.+) \|$",
        text_of("docs/decisions/README.md"),
        re.MULTILINE,
    )

    assert [(number, file) for number, _, file, _ in rows] == [
        (record.name[:4], record.name) for record in RECORDS
    ]
    for (_, title, file, status), number in zip(rows, range(1, len(rows) + 1), strict=True):
        written = (DECISIONS / file).read_text(encoding="utf-8")
        assert file.startswith(f"{number:04}-")
        assert written.startswith(f"# {title}\n\nStatus: {status}. Date: ")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_has_its_parts_in_order_and_is_short(record: Path) -> None:
    lines = record.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line.startswith("## ")] == PARTS
    assert 40 <= len(lines) <= 80


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


def test_a_broken_link_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `title`, of sorts\n[a](#a-title-of-sorts) [b](#b) [c](c.md) [d](page.md#d) [e](https://e.org)",
        encoding="utf-8",
    )

    assert list(broken(page)) == ["#b", "c.md", "page.md#d"]


def broken(page: Path) -> Iterator[str]:
    """Yields the links of a page that lead to no file, folder or heading."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file) if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def anchors(page: Path) -> set[str]:
    """Returns the anchors that GitHub gives to the headings of a page, and those that it has itself."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    given = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return given | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_test_that_a_page_lets_run_exists(page: Path) -> None:
    commands = re.findall(r"-m pytest ([^`\n]+)", page.read_text(encoding="utf-8"))

    assert [one for command in commands for one in unknown(command)] == []


def unknown(command: str) -> list[str]:
    """Returns what the arguments of pytest name and the project does not have: files, and tests behind -k."""
    paths, _, name = command.partition(" -k ")
    files = [ROOT / path.partition("::")[0] for path in paths.split() if path.startswith("tests/")]
    gone = [str(file) for file in files if not file.exists()]
    sources = [file for file in files if file.is_file()]
    known = any(f"def {name}(" in file.read_text(encoding="utf-8") for file in sources)
    return gone if known or not name.startswith("test_") else [*gone, name]


def test_a_test_that_is_gone_would_be_found() -> None:
    assert unknown("tests/infra/test_habits.py -k test_a_test_that_is_gone_would_be_found") == []
    assert unknown("tests/infra/test_habits.py -k test_gone") == ["test_gone"]
    assert unknown("tests/gone") == [str(ROOT / "tests" / "gone")]


def test_every_target_of_make_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = {
        target
        for page in GUIDES
        for command in re.findall(
            r"(?:^|`)make ([a-z -]+)", page.read_text(encoding="utf-8"), re.MULTILINE
        )
        for target in command.split("  ")[0].split()
    }

    assert {"setup", "test", "proof", "long", "run", "format"} <= named
    assert named - targets == set()


def test_the_table_of_tests_names_every_folder_of_tests() -> None:
    table = text_of("CONTRIBUTING.md").split("## Where tests live")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    named = {ROOT / "tests" / name for cell in cells for name in re.findall(r"`(.+?)`", cell)}
    folders = {file.parent for file in (ROOT / "tests").rglob("test_*.py")} - {ROOT / "tests"}

    assert [folder for folder in named if not folder.is_dir()] == []
    assert [one for one in folders if not named & {one, *one.parents}] == []


# Versions


def test_python_is_one_version_everywhere() -> None:
    minor = int(PYTHON.split(".")[1])

    assert CONTAINER["image"].partition(":")[2].split("-")[0] == PYTHON
    assert HOOKS["default_language_version"] == {"python": f"python{PYTHON}"}
    assert PYPROJECT["project"]["requires-python"] == f">={PYTHON},<3.{minor + 1}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == PYTHON
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{PYTHON.replace('.', '')}"
    assert f"image: python:{PYTHON}-slim" in text_of("compose.yaml")


def test_hooks_run_the_tools_that_requirements_pin() -> None:
    (local,) = (repo for repo in HOOKS["repos"] if repo["repo"] == "local")
    packages = {"lint-imports": "import-linter"}
    tools = [re.match(r"\.venv/bin/([\w-]+)", hook["entry"]) for hook in local["hooks"]]

    assert all(tools)
    assert {hook["language"] for hook in local["hooks"]} == {"system"}
    assert {packages.get(tool[1], tool[1]) for tool in tools if tool} == {
        *("ruff", "mypy", "import-linter", "deptry"),
    }
    assert {"ruff", "mypy", "import-linter", "deptry"} <= pinned("requirements-dev.txt").keys()


def test_hooks_of_others_are_frozen() -> None:
    others = [repo for repo in HOOKS["repos"] if repo["repo"] != "local"]

    assert others
    for repo in others:
        assert re.fullmatch(r"[0-9a-f]{40}", repo["rev"]), repo["repo"]
        assert f"{repo['rev']} # frozen: v" in text_of(".pre-commit-config.yaml")


def test_the_container_sets_up_by_make_and_forwards_every_port() -> None:
    stack = astuple(Ports())
    services = yaml.safe_load(text_of("compose.yaml"))["services"]
    emulators = [
        int(port.split(":")[1]) for one in services.values() for port in one.get("ports", [])
    ]

    assert CONTAINER["postCreateCommand"] == "make setup"
    assert set(CONTAINER["forwardPorts"]) == {*stack, *emulators}
    assert set(CONTAINER["portsAttributes"]) == {str(port) for port in CONTAINER["forwardPorts"]}
    # Azurite is the service of compose.yaml, so its version is pinned once.
    assert CONTAINER["postStartCommand"].endswith(" azurite")
    assert "azurite" in services
    assert all(re.search(r":\d+$", feature) for feature in CONTAINER["features"])


def test_dependabot_looks_after_every_ecosystem_that_is_here() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.splitlines()
    covered = {
        (update["package-ecosystem"], folder)
        for update in DEPENDABOT["updates"]
        for folder in update.get("directories", [update.get("directory")])
    }

    assert covered == {place for name in tracked if (place := ecosystem(name))}
    for update in DEPENDABOT["updates"]:
        assert update["schedule"] == {"interval": "weekly"}
        assert update["groups"]


def ecosystem(name: str) -> tuple[str, str] | None:
    """Returns the ecosystem and the folder in which Dependabot looks for a file."""
    path = Path(name)
    folder = f"/{path.parent}".removesuffix(".")
    match path.name:
        case "devcontainer.json":
            return "devcontainers", "/"
        case "compose.yaml":
            return "docker-compose", folder
        case "Dockerfile":
            return "docker", folder
        case "package.json":
            return "npm", folder
        case file if re.fullmatch(r"requirements.*\.txt", file):
            return "pip", folder
        case _ if re.match(r"\.github/workflows/.+\.ya?ml$", name):
            return "github-actions", "/"
    return None
