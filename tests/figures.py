"""Figures that tests measure, shown at the end of the run."""

import pytest

KEY = pytest.StashKey[list[str]]()


def note(config: pytest.Config, sentence: str) -> None:
    """Keep a figure for the end of the run."""
    config.stash.setdefault(KEY, []).append(sentence)


def show(config: pytest.Config, reporter: pytest.TerminalReporter) -> None:
    """Print what was noted."""
    found = config.stash.get(KEY, [])
    if found:
        reporter.section("figures")
        for sentence in found:
            reporter.line(sentence)
