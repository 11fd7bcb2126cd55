"""The host's triggers as Azure plays them: who is called again, what is passed over, what a crash leaves."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.tests.host.hosts import World, app_with, world
from emulators.tests.host.raw import ask
from emulators.tests.machine import calibrate
from emulators.tests.serving import FaultsClient, Services

PACE = 50.0 / calibrate()


@pytest.fixture
async def fresh(services: Services, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made


async def test_a_failed_batch_without_a_policy_is_passed_over(fresh: World) -> None:
    await fresh.start()
    await fresh.write("bad", failures=1)
    await fresh.until(lambda: bool(fresh.attempts("without_policy")))
    await fresh.write("good")

    await fresh.until(lambda: fresh.done("without_policy") == ["good"])

    assert fresh.attempts("without_policy") == [(1, ["bad"]), (1, ["good"])]


async def test_a_policy_repeats_the_same_batch_and_gives_up_at_its_end(fresh: World) -> None:
    await fresh.start()
    await fresh.write("bad", failures=3)
    await fresh.until(lambda: len(fresh.attempts("two_retries")) == 3)
    await fresh.write("late", failures=2)

    await fresh.until(lambda: fresh.done("two_retries") == ["late"])

    attempts = fresh.attempts("two_retries")
    assert attempts == [(n, [id_]) for id_ in ("bad", "late") for n in (1, 2, 3)]
    ids = [one["id"] for one in fresh.of("two_retries") if "attempt" in one]
    assert ids == [first for first in (ids[0], ids[3]) for _ in range(3)]
    assert ids[0] != ids[3]


async def test_a_failure_is_told_to_the_next_attempt_by_its_name(fresh: World) -> None:
    await fresh.start()
    await fresh.write("bad", failures=1)
    await fresh.until(lambda: fresh.done("two_retries") == ["bad"])

    told = [one["told"] for one in fresh.of("two_retries") if "attempt" in one]
    assert told[0] == ""
    assert "attempt 1 fails" in told[1]


async def test_synchronous_functions_have_as_many_threads_as_in_azure(fresh: World) -> None:
    port = await fresh.start()

    answers = await asyncio.gather(*(ask(port, "GET /api/meets") for _ in range(12)))

    assert [(status, content) for status, _, content in answers] == [(200, "met")] * 12


async def test_a_policy_without_an_end_goes_on_until_the_batch_is_done(fresh: World) -> None:
    await fresh.start()
    await fresh.send("stubborn", failures=3)

    await fresh.until(lambda: fresh.done("for_ever") == ["stubborn"])

    assert fresh.attempts("for_ever") == [(n, ["stubborn"]) for n in (1, 2, 3, 4)]


async def test_after_kill_9_what_was_not_done_comes_again_and_what_was_does_not(
    fresh: World,
) -> None:
    gate = fresh.folder / "gate"
    await fresh.start()
    await fresh.write("done before")
    await fresh.send("sent before")
    await fresh.until(lambda: "done before" in fresh.done("two_retries"))
    await fresh.until(lambda: "sent before" in fresh.done("for_ever"))
    await fresh.write("in flight", waitFor=str(gate))
    await fresh.send("sent in flight", waitFor=str(gate))
    await fresh.until(lambda: (1, ["in flight"]) in fresh.attempts("two_retries"))
    await fresh.until(lambda: (1, ["sent in flight"]) in fresh.attempts("for_ever"))
    await fresh.kill()
    seen = len(fresh.journal)
    gate.touch()

    # What the dead host owned is free when it expires: in Azure, after two minutes.
    await fresh.start(pace=PACE)
    await fresh.until(lambda: "in flight" in fresh.done("two_retries"))
    await fresh.until(lambda: "sent in flight" in fresh.done("for_ever"))

    again = [one["id"] for entry in fresh.journal[seen:] for one in entry.get("data", ())]
    assert again.count("sent in flight") == 1
    assert "sent before" not in again


ALONE = """
import json
import os
from pathlib import Path
from typing import List

import azure.functions as func

app = func.FunctionApp()


@app.event_hub_message_trigger(
    arg_name="events",
    connection="EVENTHUBS",
    event_hub_name="events",
    consumer_group="$Default",
    cardinality="many",
    data_type="binary",
)
async def alone(events: List[func.EventHubEvent]) -> None:
    done = [json.loads(event.get_body())["id"] for event in events]
    with Path(os.environ["JOURNAL"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"function": "alone", "done": done}) + "\\n")
"""


async def test_a_host_is_ready_when_its_last_link_is_open(
    fresh: World, faults: FaultsClient
) -> None:
    app = app_with(fresh.folder)
    (app / "function_app.py").write_text(ALONE, encoding="utf-8")
    last = {"service": "event-hubs", "operation": "attach", "container": "events", "at": [4]}
    await faults.set(1, {**last, "fault": "delay", "seconds": 5.0})
    await fresh.start(app)
    await fresh.send("0", "1", "2", "3", partitions="0123")

    # It begins at the end of the hub: what comes before the link is none of its business.
    await fresh.until(lambda: len(fresh.done("alone")) == 4)
    assert sorted(fresh.done("alone")) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("setting", "name", "told"),
    [
        (
            *("GROUP", "frist"),
            "links to the consumer group 'frist' of the hub 'events', partitions 0, 1, 2, 3",
        ),
        ("HUB", "evnets", "the hub 'evnets', which does not say what partitions it has"),
    ],
)
async def test_a_host_that_waits_for_what_is_not_there_names_it(
    setting: str, name: str, told: str, fresh: World
) -> None:
    fresh.environment[setting] = name
    log = await fresh.begin()

    await fresh.until(lambda: told in log.read_text())
    assert f"host: for_ever waits for {told}: is it there?\n" in log.read_text()


async def test_a_host_without_a_pipe_to_its_input_serves_until_a_signal(fresh: World) -> None:
    fresh.stdin = asyncio.subprocess.DEVNULL
    await fresh.start()
    await fresh.write("served")
    await fresh.until(lambda: fresh.done("two_retries") == ["served"])

    await fresh.terminate()
    assert fresh.processes[-1].returncode == 0


async def test_the_warm_up_comes_before_everything(fresh: World) -> None:
    await fresh.write("waiting")
    await fresh.start()
    await fresh.until(lambda: fresh.done("two_retries") == ["waiting"])

    assert fresh.journal[0]["function"] == "warm_up"


@pytest.mark.parametrize("handling", ["DateTime", "None"])
async def test_dates_are_rewritten_unless_host_json_says_not_to(
    handling: str, fresh: World
) -> None:
    settings = {"serializerSettings": {"dateParseHandling": handling}}
    await fresh.start(app_with(fresh.folder, cosmosDB=settings))
    await fresh.write("1", at="2026-01-02T03:04:05.100+01:00")
    await fresh.until(lambda: bool(fresh.done("two_retries")))

    [given] = next(entry["data"] for entry in fresh.journal if entry.get("data"))

    rewritten = {"DateTime": "2026-01-02T02:04:05.1+00:00", "None": "2026-01-02T03:04:05.100+01:00"}
    assert given["at"] == rewritten[handling]
