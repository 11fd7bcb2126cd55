"""Runs azure-cosmos's own tests on the emulator: `python -m emulators.tests.official [--sample]`.

The source distribution comes from the registry into a temporary folder, with an environment of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from emulators.cosmos.authorization import KEY
from emulators.tests.serving import ROOT

HERE: Final = Path(__file__).parent
VERSION: Final = "4.17.1"
NEEDS: Final = ("pytest", "pytest-asyncio", "pytest-timeout", "pytest-xdist", "aiohttp", "requests")
LIMIT: Final = 30
"""Seconds that one test may take."""
# The tests take this address for that of the official emulator, and some know no other.
PORT: Final = 8081
# What an account of one region without splits and identities cannot do; the long ones wait for both.
LEFT_OUT: Final = (
    *(
        "MultiRegion",
        "AADMultiRegion",
        "Split",
        "AADSplit",
        "Long",
        "AADLong",
        "SearchQuery",
        "GSI",
    ),
    *("CircuitBreaker", "AADCircuitBreaker", "CircuitBreakerMultiRegion"),
    *("AADCircuitBreakerMultiRegion", "PerPartitionAutomaticFailover"),
    "AADPerPartitionAutomaticFailover",
)
SAMPLE: Final = (
    *("test_crud_container.py", "test_crud_database.py", "test_query_cross_partition.py"),
    *("test_change_feed_async.py", "test_partition_key.py", "test_orderby.py"),
    *("test_multi_orderby.py", "test_transactional_batch.py", "test_ttl.py", "test_read_items.py"),
)


def main() -> None:
    """Print the tally, and exit with 1 when fewer pass than are said to."""
    parser = argparse.ArgumentParser(prog="python -m emulators.tests.official", description=__doc__)
    parser.add_argument("--sample", action="store_true", help="a part, of a few minutes")
    parser.add_argument("--least", type=float, default=0.0, help="the share that has to pass")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tests = _install(Path(folder))
        with _emulators(Path(folder) / "state") as certificate:
            tally = _run(Path(folder), tests, certificate, SAMPLE if given.sample else ())
    counts = tally["counts"]
    passed, failed = counts.get("passed", 0), counts.get("failed", 0)
    print("\n".join(tally["failed"]))
    share = passed / (passed + failed) if passed else 0.0
    print(f"azure-cosmos {VERSION}: {counts}; {share:.1%} of what is not refused by name pass")
    sys.exit(share < given.least or not passed)


def _install(folder: Path) -> Path:
    """Install the SDK and fetch its tests; returns their folder."""
    venv.create(folder / "venv", with_pip=True)
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "--quiet"]
    package = f"azure-cosmos=={VERSION}"
    subprocess.run([*pip, "install", *NEEDS, package], check=True)
    source = ["download", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), package]
    subprocess.run([*pip, *source], check=True)
    [archive] = folder.glob("azure_cosmos-*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / f"azure_cosmos-{VERSION}" / "tests"


@contextmanager
def _emulators(state: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "emulators", "--tls", "--state", str(state)]
    command += ["--consistency", "Session", "--cosmos", str(PORT)]
    command += ["--event-hubs", "0", "--event-grid", "0", "--faults", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the emulators did not start: their error is above"
        yield json.loads(line)["certificate"]
        process.terminate()


def _run(folder: Path, tests: Path, certificate: str, files: tuple[str, ...]) -> dict[str, Any]:
    tally = folder / "tally.json"
    environment = {
        **os.environ,
        "ACCOUNT_HOST": f"https://localhost:{PORT}/",
        "ACCOUNT_KEY": KEY,
        "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE / "shims"), ".")),
        "REQUESTS_CA_BUNDLE": certificate,
        "SSL_CERT_FILE": certificate,
        "TALLY": str(tally),
    }
    marks = " and ".join(f"not cosmos{name}" for name in LEFT_OUT)
    command = [str(folder / "venv" / "bin" / "python"), "-m", "pytest", "-q", "-p", "tally"]
    command += ["--tb=no", "-n2", "--dist=loadfile", f"--timeout={LIMIT}", "-m", marks, *files]
    subprocess.run(command, cwd=tests, env=environment, check=False)
    found: dict[str, Any] = json.loads(tally.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    main()
