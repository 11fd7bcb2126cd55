"""What every run of pytest does: time by the machine's speed, and the last lines of what a test has started."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from emulators.tests import logs, machine

# A busy machine is no reason to fail.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

HANGS_AFTER = 600.0
# Set before pytest-timeout reads it, and inherited by the workers.
os.environ.setdefault("PYTEST_TIMEOUT", str(machine.limit(HANGS_AFTER)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - the hook's
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the last lines of a test's processes when it fails, and forgets them when it has ended."""
    report = yield
    if report.failed:
        report.sections += logs.last_lines()
    if report.when == "teardown":
        logs.forget()
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("machine")
    terminalreporter.line(f"{machine.calibrate():.2f} times as slow as a quiet one")
