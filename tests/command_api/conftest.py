"""The application on memory twins."""

import pytest

from command_api.composition import Application
from shared.domain.shop import domain
from tests.command_api.calls import assembled


@pytest.fixture
def application() -> Application:
    return assembled(domain)
