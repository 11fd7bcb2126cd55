"""Figures that tests measure, shown at the end of the run."""

from typing import Any

import pytest

KEY = pytest.StashKey[list[str]]()


def note(config: pytest.Config, sentence: str) -> None:
    """Keep a figure for the end of the run."""
    config.stash.setdefault(KEY, []).append(sentence)


def hand_over(config: pytest.Config) -> None:
    """Give what was noted to the process that shows it, when this is one of several."""
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output["figures"] = config.stash.get(KEY, [])


def take_over(config: pytest.Config, output: dict[str, Any]) -> None:
    """Take what another process noted."""
    config.stash.setdefault(KEY, []).extend(output.get("figures", []))


def show(config: pytest.Config, reporter: pytest.TerminalReporter) -> None:
    """Print what was noted."""
    found = config.stash.get(KEY, [])
    if found:
        reporter.section("figures")
        for sentence in found:
            reporter.line(sentence)
