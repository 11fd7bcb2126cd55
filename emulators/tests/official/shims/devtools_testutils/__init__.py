"""What the SDKs' tests use of a package that is not published: here, nothing is recorded and nobody signs in."""

from typing import Any

import pytest

from .azure_recorded_testcase import AzureRecordedTestCase, get_credential
from .helpers import is_live
from .preparing import EnvironmentVariableLoader

__all__ = [
    "AzureMgmtRecordedTestCase",
    "AzureRecordedTestCase",
    "EnvironmentVariableLoader",
    "get_credential",
    "get_region_override",
    "is_live",
]

AzureMgmtRecordedTestCase = AzureRecordedTestCase


def get_region_override(default: str = "") -> str:
    return default


@pytest.fixture(scope="session")
def test_proxy() -> None:
    """Stands in the place of a proxy that records."""


def __getattr__(name: str) -> Any:
    """Give a function that does nothing, or leaves a test as it is: sanitizers and recorders are many."""
    if name.startswith("_"):
        raise AttributeError(name)

    def nothing(*arguments: Any, **_: Any) -> Any:
        return arguments[0] if arguments and callable(arguments[0]) else nothing

    return nothing
