"""The emulators and a whole stack, once a worker for all tests that need them; what is shown of a run."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulators.tests.serving import FaultsClient, Services, emulators
from infra.local.stack import NAMES, ROOT
from tests import figures
from tests.active import run_the_shop
from tests.local.names import Names

if TYPE_CHECKING:
    from tests.local.running import Running

# Before any test imports a role.
run_the_shop()

PROOF = {"bench", "browser", "chaos", "permutations", "simulation", "swap"}
LONGEST = (
    *("tests/swap/test_tutorial.py", "tests/chaos/test_delivery.py"),
    *("tests/chaos/test_safety_devices.py", "tests/swap/test_new_domain.py"),
)
"""They begin: while one of them ran at last, the other workers would have nothing to do."""


@contextmanager
def named_emulators(state: Path, *options: str) -> Iterator[Services]:
    """Start the emulators with the names of the application, and end them afterwards."""
    with emulators(state, "--names", str(NAMES), *options) as started:
        yield started


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with named_emulators(tmp_path_factory.mktemp("services")) as started:
        yield started


@pytest.fixture
async def faults(services: Services) -> AsyncIterator[FaultsClient]:
    client = FaultsClient(services.faults)
    yield client
    await client.set(0)
    await client.lag(0)


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Running"]:
    """Gives the stack that a worker's tests share; they take `stack`."""
    from tests.local.running import PARTNERS, start

    started = start(tmp_path_factory.mktemp("shared") / "stack", **PARTNERS)
    yield started
    started.end()


@pytest.fixture
async def stack(shared_stack: "Running") -> AsyncIterator["Running"]:
    """Gives the shared stack, without faults: a test gives its streams ids of its `own`."""
    await shared_stack.faults.set(0)
    await shared_stack.faults.lag(0)
    await shared_stack.forget_parked()
    yield shared_stack
    await shared_stack.faults.set(0)
    await shared_stack.faults.lag(0)


@pytest.fixture
def own() -> Names:
    """Gives ids that no other test has."""
    return Names()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Makes the longest folders, and what is measured or sampled, the proof's; the longest files begin."""
    items.sort(key=lambda item: str(item.path.relative_to(ROOT)) not in LONGEST)
    for item in items:
        folder = item.path.relative_to(ROOT).parts[1]
        if folder in PROOF or {"alone", "long"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker("proof")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    figures.show(config, terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    figures.hand_over(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    figures.take_over(node.config, getattr(node, "workeroutput", {}))
