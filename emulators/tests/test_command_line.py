"""The command line: what it makes of its arguments, and what it says when they are wrong."""

import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emulators.tests.cosmos.rest import make, rest
from emulators.tests.logs import keep
from emulators.tests.machine import limit
from emulators.tests.serving import ROOT, FaultsClient, emulators

PORTS = ("--cosmos", "0", "--event-hubs", "0", "--event-grid", "0", "--faults", "0")
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def serve(folder: Path, *options: str) -> dict[str, Any]:
    """Starts the emulators with nothing on their standard input, ends them, and returns what they said."""
    log = keep("emulators", folder / "emulators.log")
    command = [sys.executable, "-m", "emulators", "--state", str(folder / "state"), *PORTS]
    with (
        log.open("w") as output,
        subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        ) as process,
    ):
        assert process.stdout
        line = process.stdout.readline()
        process.terminate()
        assert process.wait(limit()) == 0
    assert log.read_text() == ""
    said: dict[str, Any] = json.loads(line)
    return said


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "emulators", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=limit(),
        check=False,
    )
    keep("emulators", folder / "emulators.log").write_text(done.stdout + done.stderr)
    return done


def test_hubs_and_topics_come_from_arguments_and_names_and_arguments_win(tmp_path: Path) -> None:
    names = tmp_path / "names.json"
    [example] = re.findall(
        r'^```json\n(\{\n  "database".*?)^```$', README, re.MULTILINE | re.DOTALL
    )
    # Nobody listens there, as in the example, and here nobody can.
    names.write_text(example.replace(":9000/", ":1/"), encoding="utf-8")

    said = serve(
        tmp_path,
        *("--names", str(names), "--hub", "more:3:first,second", "--hub", "events:1"),
        *("--topic", "paid", "--topic", "shipped:EventGridSchema"),
        *("--capture", "more:60:10000000", "--capture", "events"),
    )

    assert said["connections"]["topics"].keys() == {"notifications", "paid", "shipped"}
    assert f":{said['eventGrid']}/topics/paid/" in said["connections"]["topics"]["paid"]
    assert f":{said['cosmos']}/" in said["connections"]["cosmos"]
    assert f":{said['eventHubs']};" in said["connections"]["eventHubs"]
    assert hubs(tmp_path / "state") == {"events": 1, "more": 3}
    assert (tmp_path / "state" / "capture").is_dir()


def hubs(state: Path) -> dict[str, int]:
    """Returns how many partitions each hub has in the file."""
    with contextlib.closing(sqlite3.connect(state / "event-hubs.sqlite")) as database:
        return dict(database.execute("SELECT hub, COUNT(*) FROM partitions GROUP BY hub"))


def test_without_hubs_and_topics_it_serves_an_empty_account(tmp_path: Path) -> None:
    said = serve(tmp_path)

    assert said["ready"] is True
    assert said["connections"]["topics"] == {}


async def test_partitions_split_and_merge_with_the_requests_that_are_named(tmp_path: Path) -> None:
    options = ("--ranges", "1", "--split", "c:2", "--split", "c:3", "--merge", "c:5")
    counts: list[int] = []

    with emulators(tmp_path, *options, "--split", "other:1") as services:
        port = int(re.findall(r":(\d+)/;", services.cosmos)[0])
        faults = FaultsClient(services.faults)
        async with rest(port) as client:
            await client.ask("POST", "/dbs", {"id": "d"})
            assert (await make(client)).status == 201
            # Rules that come and go leave what the arguments say.
            await faults.set(7, {"service": "cosmos", "fault": "throttle", "operation": "create"})
            for _ in range(6):
                ranges = await client.ask("GET", "/dbs/d/colls/c/pkranges")
                counts.append(ranges.body["_count"])
        fired = await faults.fired()

    assert counts == [1, 2, 3, 3, 2, 2]
    assert fired == {"cosmos/split": 2, "cosmos/merge": 1}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--hub", "events:many"], "'events:many' is not NAME[:PARTITIONS[:GROUP,GROUP]]"),
        (["--hub", "events:0"], "'events:0' is not NAME[:PARTITIONS[:GROUP,GROUP]]"),
        (["--topic", "no"], "a topic's name is 3 to 50 letters, digits and dashes, not 'no'"),
        (["--topic", "paid:Avro"], "the topic 'paid' takes"),
        (["--names", "nowhere.json"], "No such file or directory: 'nowhere.json'"),
        (["--capture", "events:soon"], "'events:soon' is not HUB[:SECONDS[:BYTES]]"),
        (["--capture", "events:0"], "'events:0' is not HUB[:SECONDS[:BYTES]]"),
        (["--split", "visits"], "'visits' is not CONTAINER:REQUEST"),
        (["--merge", "visits:0"], "'visits:0' is not CONTAINER:REQUEST"),
        (["--capture", "events"], "there is no hub events to capture"),
        (["--consistency", "strong"], "invalid choice: 'strong'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_argument_is_answered_with_a_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    done = run(tmp_path, *arguments)

    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ({"database": "hotel"}, "the file of names has no `containers`"),
        ({"containers": {}}, "the file of names has no `database`"),
        (
            {"database": "hotel", "containers": {"visits": {}}},
            "the container 'visits' has no `partitionKey`",
        ),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_what_is_missing_in_the_names_is_named(
    tmp_path: Path, names: dict[str, Any], sentence: str
) -> None:
    file = tmp_path / "names.json"
    file.write_text(json.dumps(names), encoding="utf-8")

    done = run(tmp_path, "--state", str(tmp_path / "state"), "--names", str(file), *PORTS)

    assert done.returncode == 1
    assert done.stderr == f"emulators: {sentence}\n"


def test_without_the_extra_capture_says_so(tmp_path: Path) -> None:
    without = (
        "import sys; sys.modules['fastavro'] = None; from emulators.__main__ import main; main()"
    )
    state = ("--state", str(tmp_path / "state"))

    done = subprocess.run(
        [sys.executable, "-c", without, *state, *PORTS, "--hub", "events", "--capture", "events"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=limit(),
        check=False,
    )

    assert done.stderr == "emulators: capture needs fastavro: install the extra [capture]\n"
    assert done.returncode == 1


@pytest.mark.parametrize("command", [(), ("host",)], ids=" ".join)
def test_the_readme_describes_every_option(command: tuple[str, ...], tmp_path: Path) -> None:
    options = set(re.findall(r"--[a-z-]+", run(tmp_path, *command, "--help").stdout))

    assert options - set(re.findall(r"--[a-z-]+", README)) == {"--help"}


def test_the_host_is_a_command_of_it(tmp_path: Path) -> None:
    done = run(tmp_path, "host", "--help")

    assert done.returncode == 0, done.stderr
    assert "--app" in done.stdout
