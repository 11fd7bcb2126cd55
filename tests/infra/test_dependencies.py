"""Every package that is imported is declared directly, and every version is pinned once."""

import re

import pytest
import yaml

from tests.infra.declared import (
    DEPLOYED,
    DEVELOPED,
    DEVELOPING,
    USED,
    hashed,
    needed,
    normal,
    pinned,
    text_of,
    undeclared,
)

POLICIES = "infra/requirements-policies.txt"
CHECKING = "infra/requirements-vulnerabilities.txt"


def test_what_is_declared_is_the_first_part_of_the_requirements() -> None:
    assert pinned("requirements.txt", first_part=True).keys() == USED
    # Packages that are deployed because others need them are pinned there, whoever else imports them.
    also_deployed = pinned("requirements.txt").keys() - USED
    assert pinned("requirements-dev.txt", first_part=True).keys() == DEVELOPING - also_deployed
    assert not USED & DEVELOPING


def test_every_version_is_pinned_once() -> None:
    files = ("requirements.txt", "requirements-dev.txt")
    lines = [line for name in files for line in text_of(name).splitlines() if line[:1].isalnum()]

    assert all(re.fullmatch(r"[\w.-]+==\S+ \\", line) for line in lines)
    assert len(lines) == len({**pinned(files[0]), **pinned(files[1])})


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", POLICIES, CHECKING])
def test_every_version_has_the_hashes_of_its_files(name: str) -> None:
    hashes = hashed(name)

    assert hashes.keys() == pinned(name).keys()
    assert all(hashes.values())
    # With one hash in a file, pip asks for those of all: the local stack is installed so, too.
    for installed in ("requirements-dev.txt", POLICIES, CHECKING):
        assert f"--require-hashes -r {installed}" in text_of("Makefile")
    assert not re.search(
        r"^\s*-(i|-index-url|-extra-index-url|-find-links)\b", text_of(name), re.MULTILINE
    )


@pytest.mark.parametrize(
    ("names", "roots"),
    [
        (("requirements.txt",), USED),
        (("requirements.txt", "requirements-dev.txt"), USED | DEVELOPING),
    ],
    ids=["deployed", "developed"],
)
def test_whatever_a_package_needs_is_pinned_too(names: tuple[str, ...], roots: set[str]) -> None:
    """pip refuses to install a package of which it knows no hash: nothing would be deployed."""
    pins = {package: version for name in names for package, version in pinned(name).items()}

    assert needed(roots).keys() == pins.keys()
    assert needed(roots) == pins


def test_what_is_deployed_imports_only_what_is_declared() -> None:
    assert undeclared(DEPLOYED, USED) == {}


def test_what_develops_it_imports_only_what_is_declared() -> None:
    found = undeclared(DEVELOPED, USED | DEVELOPING)

    # Tests install these into folders of their own.
    folders = ("local/redbot", "infra/kql/engine", "roles/atom/readers", "bench/peers/requirements")
    apart = {name for one in folders for name in pinned(f"tests/{one}.txt")}
    assert {name for name in found if normal(name.split(".")[0]) not in apart} == set()


def test_an_undeclared_import_would_be_found() -> None:
    # Two packages below one name, of which deptry cannot tell which is imported.
    assert undeclared(DEPLOYED, USED - {"azure-core"}).keys() == {"azure-core"}


def test_what_is_deployed_is_listed_and_audited_by_its_hashes_with_each_push() -> None:
    commands = [
        line for line in text_of("Makefile").splitlines() if "@.venv-vulnerabilities/bin/" in line
    ]
    workflow = yaml.safe_load(text_of(".github/workflows/test.yml"))
    steps = workflow["jobs"]["policies"]["steps"]

    assert "cyclonedx-py requirements requirements.txt " in commands[0]
    assert commands[1].endswith(
        "pip-audit --requirement requirements.txt --require-hashes --disable-pip"
    )
    assert "make vulnerabilities" in [step.get("run") for step in steps]
    (kept,) = (step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", ""))
    assert f"--output-file {kept}" in commands[0]
    assert {"cyclonedx-bom", "pip-audit"} <= pinned(CHECKING).keys()
