"""What Microsoft's worker and exporter make of one command, and of a minute in which nothing happens."""

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from infra.local.stack import ROOT
from tests.functions import FUNCTIONS
from tests.telemetry.azure_worker import CLIENT, HOST, TRACE
from tests.telemetry.breeze import Breeze, Envelope, ingesting, rows

# What it counts is all that a process has sent.
pytestmark = pytest.mark.proof

IDLE = ("sweep", "catch_up", "deadlines", "polling", "rebuild", "measure")
"""What a worker does in a minute in which nothing happens."""


def worked(services: Services, functions: Sequence[str], **settings: str) -> Breeze:
    """Gives what a worker has sent that called these functions."""
    with ingesting() as taking:
        given = {
            "COSMOS": services.cosmos,
            "EVENTHUBS": services.event_hubs,
            "EVENTGRID": services.event_grid,
            "SWEEP_SCHEDULE": "0 * * * * *",
            **taking.settings,
            **settings,
        }
        subprocess.run(
            [sys.executable, "-m", "tests.telemetry.azure_worker", *functions],
            cwd=ROOT,
            env={**os.environ, **given},
            check=True,
            timeout=limit(60),
        )
    return taking


@pytest.fixture(scope="module")
def breeze(services: Services) -> Breeze:
    functions = ("command", "single_publisher", *IDLE)
    return worked(services, functions, PYTHON_ENABLE_OPENTELEMETRY="true")


def test_the_timers_are_those_of_an_idle_minute() -> None:
    timers = {
        name
        for name, found in FUNCTIONS.items()
        if (trigger := found.get_trigger()) and trigger.type == "timerTrigger"
    }
    assert set(IDLE) == timers


def test_a_command_and_an_idle_minute_log_nothing(breeze: Breeze) -> None:
    assert [one["data"]["baseData"] for one in breeze.of("MessageData")] == []
    assert breeze.of("ExceptionData") == []
    assert breeze.of("MetricData")


def test_a_request_is_within_the_span_of_its_host_and_not_beside_it(breeze: Breeze) -> None:
    request = span(breeze, "POST {category}/{id}/{command}")

    assert request["tags"]["ai.operation.id"] == TRACE
    assert request["tags"]["ai.operation.parentId"] == HOST
    assert CLIENT not in {one["tags"].get("ai.operation.parentId") for one in breeze.envelopes}


@pytest.fixture(scope="module")
def failing(services: Services) -> Breeze:
    """Gives what a worker has sent whose host sends everything, too, and which cannot reach a store."""
    return worked(services, ["sweep"], COSMOS="", WEBSITE_SITE_NAME="func-one")


def test_where_the_host_sends_everything_too_the_start_says_so(failing: Breeze) -> None:
    (said,) = failing.of("MessageData")

    told = said["data"]["baseData"]["message"]
    assert told.startswith("PYTHON_ENABLE_OPENTELEMETRY is not true: the host sends each line")


def test_what_a_timer_fails_with_is_among_the_exceptions_that_the_runbooks_ask_for(
    failing: Breeze,
) -> None:
    (failed,) = rows(failing.envelopes)["exceptions"]

    assert (failed["type"], failed["outerMessage"]) == (
        *("ConfigurationError", "sweep failed: ConfigurationError"),
    )
    assert failed["customDimensions"]["logger_name"] == "onewrite.failures"


def span(breeze: Breeze, name: str) -> Envelope:
    (found,) = (
        one
        for one in (*breeze.of("RequestData"), *breeze.of("RemoteDependencyData"))
        if one["data"]["baseData"]["name"] == name
    )
    return found
