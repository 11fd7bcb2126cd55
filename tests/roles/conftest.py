"""The functions, wired to memory twins."""

import pytest

from tests.roles.wired import Wired


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Wired:
    return Wired(monkeypatch)
