"""What others say of the OpenAPI document: the recommended rules of Spectral and Redocly, without a warning."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from command_api.openapi import document
from emulators.tests.machine import limit
from shared.domain.shop import domain as shop
from shared.kernel.domain import Domain
from tests.active import domain as active
from tests.command_api import namesakes

HERE = Path(__file__).parent
DOMAINS = {"active": active, "shop": shop, "namesakes": namesakes.domain}
SPECTRAL = ("spectral", "lint", "--fail-severity=hint", "--ruleset=rules.yaml")
REDOCLY = ("redocly", "lint", "--extends=recommended", "--format=json", "--max-problems=1000")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

pytestmark = [
    # It installs packages from the registry.
    pytest.mark.proof,
    pytest.mark.skipif(not shutil.which("npm"), reason="there is no Node here"),
]


@pytest.fixture(scope="module")
def linters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installs the linters, and says which rules Spectral has."""
    folder = tmp_path_factory.mktemp("linters")
    shutil.copy(HERE / "package.json", folder)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=folder, check=True, timeout=limit(300))
    (folder / "rules.yaml").write_text('extends: ["spectral:oas"]\n', encoding="utf-8")
    return folder


def lint(
    linters: Path, described: dict[str, Any], *command: str
) -> subprocess.CompletedProcess[str]:
    (linters / "openapi.json").write_text(json.dumps(described), encoding="utf-8")
    return subprocess.run(
        ["npx", "--no-install", *command, "openapi.json"],
        cwd=linters,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        check=False,
        timeout=limit(),
    )


@pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS)
def test_spectral_has_nothing_to_say(linters: Path, domain: Domain) -> None:
    done = lint(linters, document(domain), *SPECTRAL)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS)
def test_redocly_has_nothing_to_say(linters: Path, domain: Domain) -> None:
    done = lint(linters, document(domain), *REDOCLY)

    assert json.loads(done.stdout)["problems"] == []


def test_what_is_wrong_would_be_said(linters: Path) -> None:
    described = document(shop)
    del described["tags"], described["servers"]

    assert lint(linters, described, *SPECTRAL).returncode == 1
    assert json.loads(lint(linters, described, *REDOCLY).stdout)["totals"]["errors"] == 1
