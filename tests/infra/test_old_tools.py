"""The oldest tools that will do are named in one version, and older ones are told."""

import re

import pytest

from infra.hooks import subscription
from infra.local.stack import ROOT


@pytest.mark.parametrize(
    ("version", "said"), [("4.0.7512\n", 0), ("4.12.1\n", 0), ("4.0.6821\n", 1), (OSError(), 0)]
)
def test_core_tools_that_are_too_old_are_named(version: str | OSError, said: int) -> None:
    def func(_argument: str) -> str:
        if isinstance(version, OSError):
            raise version
        return version

    least = ".".join(map(str, subscription.LEAST_FUNC))
    assert len(list(subscription.old_core_tools(func))) == said
    for page in ("func.md", "func-start.md"):
        assert least in (ROOT / "docs" / "operations" / page).read_text(encoding="utf-8")


def test_the_oldest_azd_is_named_and_is_the_one_of_the_workflow() -> None:
    azure = (ROOT / "azure.yaml").read_text(encoding="utf-8")
    least = re.findall(r'azd: ">= ([\d.]+)"', azure)
    workflow = (ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8")

    assert least == re.findall(r"version: ([\d.]+)", workflow)
    assert f"azd {least[0].removesuffix('.0')}" in (ROOT / "docs/operations.md").read_text("utf-8")
