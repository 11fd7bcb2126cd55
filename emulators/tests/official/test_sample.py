"""A part of the tests that Microsoft publishes with its SDKs: `make official` runs all of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from emulators.tests.official.__main__ import described
from emulators.tests.official.installing import source
from emulators.tests.official.running import run
from emulators.tests.official.suites import SUITES, Suite

# It downloads source distributions from the registry.
pytestmark = pytest.mark.proof
SAMPLES = [suite for suite in SUITES if suite.sample]


@pytest.mark.parametrize("suite", SAMPLES, ids=[suite.name for suite in SAMPLES])
def test_a_part_of_the_tests_of_the_sdk_passes(suite: Suite, tmp_path: Path) -> None:
    python = Path(sys.executable)
    try:
        tests = source(tmp_path, suite, python)
    except subprocess.CalledProcessError:
        pytest.skip("the registry does not answer")

    tally = run(suite, python, tests, sample=True)

    assert tally.counts["passed"] >= suite.sampled, described(suite, tally)
    assert not tally.failed, described(suite, tally)
