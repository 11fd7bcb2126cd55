"""Each check fails when what it looks at is broken: one change to what is deployed, and it says so."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.bicep.tokens import BicepError
from tests.infra.clouds import ALL, Cloud, broken
from tests.infra.test_deployments import CHECKS

CHANGES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "broken.yaml").read_text(encoding="utf-8")
)
NOTICED = {name: change for name, change in CHANGES.items() if "check" in change}
REFUSED = {name: change for name, change in CHANGES.items() if "refused" in change}
BY_NAME = {check.__name__: check for check in CHECKS}


def changed(name: str, target: Path) -> Cloud:
    change = CHANGES[name]
    root = broken(target, change["file"], change["good"], change["bad"])
    return Cloud(ALL[change["deployed"]], root)


@pytest.mark.parametrize("name", NOTICED)
def test_a_check_fails_for(name: str, tmp_path: Path) -> None:
    cloud = changed(name, tmp_path)

    with pytest.raises((AssertionError, KeyError, ValueError)):
        BY_NAME[NOTICED[name]["check"]](cloud)


@pytest.mark.parametrize("name", REFUSED)
def test_what_azure_would_refuse_is_refused_here(name: str, tmp_path: Path) -> None:
    with pytest.raises(BicepError, match=REFUSED[name]["refused"]):
        changed(name, tmp_path)


def test_every_check_is_seen_failing() -> None:
    assert {change["check"] for change in NOTICED.values()} == set(BY_NAME)
