"""The commands for Azure, which nothing can run here: a shell understands them, and each name in them is given."""

import re
import subprocess
from pathlib import Path

import pytest

from infra.local.stack import ROOT
from tests.infra.clouds import APPS, cloud

DOCS = ROOT / "docs"
RUNBOOKS = (DOCS / "operations.md").read_text(encoding="utf-8")
PAGES = sorted((DOCS / "operations").glob("*.md"))
BLOCKS = [
    block
    for block in re.findall(r"```sh\n(.*?)```", RUNBOOKS, re.DOTALL)
    if block.startswith("# azure")
]
# What azd keeps of an environment: its own names, what was set, and what the deployment gave.
KEPT = {
    *("AZURE_SUBSCRIPTION_ID", "AZURE_CLIENT_ID"),
    *re.findall(
        r"\$\{(\w+)", (ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8")
    ),
    *cloud("together").outputs,
}
GIVEN = re.compile(r"^\s*(?:for )?([A-Za-z_]+)(?:=| in )", re.MULTILINE)
ASKED = re.compile(r"\$\{?([A-Za-z_]+)")


def said(block: str) -> str:
    """Leave out what the shell leaves alone, and the comments."""
    return re.sub(r"(?m)'[^'\n]*'|#.*$", "", block)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.partition("\n")[0][9:40])
def test_a_shell_understands_it(block: str) -> None:
    done = subprocess.run(["bash", "-n"], input=block.encode(), check=False)

    assert done.returncode == 0, block


def test_every_name_is_given_before_it_is_used() -> None:
    given = set(KEPT)
    for block in BLOCKS:
        for line in said(block).splitlines():
            assert set(ASKED.findall(line)) <= given | set(GIVEN.findall(line)), line
            given.update(GIVEN.findall(line))


def test_the_emergency_stop_switches_off_what_admits_work() -> None:
    (stop,) = (block for block in BLOCKS if block.startswith("# azure: 1. at once"))

    assert set(re.findall(r"AzureWebJobs\.(\w+)\.Disabled=true", stop)) == {
        function for app in APPS.values() for function in app["admits"]
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_are_complete_by_themselves(page: Path) -> None:
    given = set(KEPT)
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)

    assert blocks
    for block in blocks:
        if block.startswith("# local"):
            continue
        assert block.startswith("# azure")
        test_a_shell_understands_it(block)
        for line in said(block).splitlines():
            assert set(ASKED.findall(line)) <= given | set(GIVEN.findall(line)), line
            given.update(GIVEN.findall(line))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_links_and_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    for file, anchor in re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", text):
        target = page.parent / file
        assert target.exists(), file
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        known = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
        assert not anchor or anchor in known, anchor
    for name in re.findall(r"`((?:infra|shared|tests)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"`([\w-]+\.bicep)`", text):
        assert list((ROOT / "infra").rglob(name)), name


def test_the_list_of_the_first_deployment_is_in_order() -> None:
    (page,) = (one for one in PAGES if one.stem == "first-deployment")
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    for _, rest in rows:
        assert len(re.split(r" (?<!\\)\| ", rest)) == 3, rest
