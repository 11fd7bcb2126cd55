"""Starts the emulators, and runs a suite of tests on them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from emulators.tests.official.relay import relay
from emulators.tests.official.suites import (
    AMQP_PORT,
    TOKEN,
    WEBSOCKETS_PORT,
    Suite,
)
from emulators.tests.serving import ROOT

_HERE: Final = Path(__file__).parent
_SAMPLING: Final = 2
"""The workers of a sample."""
_SPARE: Final = 10
"""So many workers may end with a test that passes its limit, and others take their places."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tests ended how, which failed, and how many were left out for which reason."""

    counts: dict[str, int]
    failed: list[str]
    left_out: dict[str, int]

    @property
    def share(self) -> float:
        """The part that passed of those that could."""
        passed, failed = self.counts.get("passed", 0), self.counts.get("failed", 0)
        return passed / (passed + failed) if passed else 0.0


def run(suite: Suite, python: Path, tests: Path, *, sample: bool = False) -> Tally:
    """Run a suite, or a part of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _emulators(Path(folder), suite, sample=sample) as ready,
    ):
        tally = Path(folder) / "tally.json"
        variables = {
            **os.environ,
            **suite.variables(ready),
            "PYTHONPATH": os.pathsep.join((str(_HERE), str(_HERE / "shims"), ".")),
            "REQUESTS_CA_BUNDLE": ready["certificate"],
            "SSL_CERT_FILE": ready["certificate"],
            "TALLY": str(tally),
            "LEFT_OUT": json.dumps(suite.left_out),
        }
        command = [str(python), "-m", "pytest", "-q", "--tb=no", "-W", "ignore"]
        command += ["-p", "tally", "-p", "stand_ins"]
        workers = _SAMPLING if sample else suite.workers
        command += [f"-n{workers}", f"--dist={suite.by}", f"--timeout={suite.limit}"]
        command += suite.choice
        command += suite.sample if sample else ()
        over_websockets = AMQP_PORT in suite.ports.values()
        with relay(WEBSOCKETS_PORT, AMQP_PORT) if over_websockets and not sample else nullcontext():
            subprocess.run(command, cwd=tests, env=variables, check=False)
        found = json.loads(tally.read_text(encoding="utf-8"))
    return Tally(found["counts"], found["failed"], found["left out"])


@contextmanager
def _emulators(state: Path, suite: Suite, *, sample: bool) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "emulators", "--tls", "--state", str(state), "--token", TOKEN]
    # A container that asks for no throughput has one physical partition, as in Azure.
    command += ["--consistency", "Session", "--ranges", "1"]
    for service in ("cosmos", "event-hubs", "event-grid", "faults"):
        # A sample runs beside other emulators, so that it takes no port that they may have.
        port = 0 if sample and service == "cosmos" else suite.ports.get(service, 0)
        command += [f"--{service}", str(port)]
    command += ["--topic", "clouds", "--topic", "events:EventGridSchema"]
    workers = range(suite.workers + _SPARE)
    hubs = [f"gw{worker}-{number}" for worker in workers for number in range(suite.hubs)]
    names = state / "names.json"
    names.write_text(json.dumps({"hubs": {name: {"partitions": 2} for name in hubs}}), "utf-8")
    command += ["--names", str(names)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the emulators did not start: their error is above"
        ready = json.loads(line)
        if suite.latency:
            _delay(ready["faults"], suite.latency)
        yield ready
        process.terminate()


def _delay(faults: int, seconds: float) -> None:
    rule = {"service": "cosmos", "fault": "delay-before", "probability": 1, "seconds": seconds}
    body = json.dumps({"seed": 1, "rules": [rule]}).encode()
    url = f"http://127.0.0.1:{faults}/faults"
    with urlopen(Request(url, body, method="PUT")) as answered:
        assert answered.status == 200
