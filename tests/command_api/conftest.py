"""The application on memory twins."""

from dataclasses import replace

import pytest

from command_api.composition import Application
from shared.domain.shop import domain
from tests.command_api.calls import assembled
from tests.command_api.projecting import Watched


@pytest.fixture
def application() -> Application:
    return assembled(domain)


@pytest.fixture
def watched(application: Application) -> Application:
    return replace(application, rows=Watched())
