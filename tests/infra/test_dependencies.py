"""Every package that is imported is declared directly, and every version is pinned once."""

import re

from tests.infra.declared import (
    DEPLOYED,
    DEVELOPED,
    DEVELOPING,
    USED,
    pinned,
    text_of,
    undeclared,
)


def test_what_is_declared_is_the_first_part_of_the_requirements() -> None:
    assert pinned("requirements.txt", first_part=True).keys() == USED
    # Packages that are deployed because others need them are pinned there, whoever else imports them.
    also_deployed = pinned("requirements.txt").keys() - USED
    assert pinned("requirements-dev.txt", first_part=True).keys() == DEVELOPING - also_deployed
    assert not USED & DEVELOPING


def test_every_version_is_pinned_once() -> None:
    files = ("requirements.txt", "requirements-dev.txt")
    lines = [line for name in files for line in text_of(name).splitlines() if line[:1].isalnum()]

    assert all(re.match(r"[\w.-]+==\S+( +# .+)?$", line) for line in lines)
    assert len(lines) == len({**pinned(files[0]), **pinned(files[1])})


def test_what_is_deployed_imports_only_what_is_declared() -> None:
    assert undeclared(DEPLOYED, USED) == {}


def test_what_develops_it_imports_only_what_is_declared() -> None:
    assert undeclared(DEVELOPED, USED | DEVELOPING) == {}


def test_an_undeclared_import_would_be_found() -> None:
    # Two packages below one name, of which deptry cannot tell which is imported.
    assert undeclared(DEPLOYED, USED - {"azure-core"}).keys() == {"azure-core"}
