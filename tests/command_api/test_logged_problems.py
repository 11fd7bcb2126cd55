"""What is logged of a request that fails, and what of it is told."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from command_api import commands
from shared.adapters.http.answering import answered, later
from shared.domain.shop.item import item
from shared.kernel.domain import Domain
from shared.kernel.errors import (
    BrokenStream,
    ConfigurationError,
    InvalidMessage,
    LogUnavailable,
    NumberTooLarge,
    OutcomeUnknown,
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    StreamFull,
    UnreadableCommit,
    UnreadableEvent,
)
from shared.kernel.messages.message import Command, Event
from tests.command_api.calls import assembled, post, post_command, told
from tests.command_api.failing import failing

RECEIVE = ("receive-stock", {"quantity": 1})


@pytest.mark.parametrize(
    "error",
    [
        *(StoreThrottled, StoreUnavailable, StoreRefused, StreamFull, StoreError),
        *(OutcomeUnknown, LogUnavailable, ConfigurationError, OSError, KeyError),
        *(NumberTooLarge, UnreadableEvent, InvalidMessage, BrokenStream),
        lambda said: UnreadableCommit(InvalidMessage(said), 1, 1, 0),
    ],
)
async def test_what_the_services_say_is_logged_under_a_trace_and_not_told(
    error: Callable[[str], Exception], caplog: pytest.LogCaptureFixture
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    said = "https://account-7.documents.azure.com:443/ refuses a connection"

    answering = commands.post_command(post(*RECEIVE), failing(error(said)))
    response = await answered(answering, {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})

    assert "account-7" not in response.get_body().decode()
    assert told(response)["traceId"] == trace
    (logged,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert trace in logged.getMessage()
    assert "account-7" in caplog.text
    assert bool(logged.exc_info) == (told(response)["code"] == "internal")


async def test_a_bug_in_a_decider_is_a_problem_and_logged_once_with_its_stack(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def buggy(_command: Command, _state: object) -> tuple[Event, ...]:
        raise ZeroDivisionError("the inner life of an item")

    application = assembled(
        Domain(categories=(replace(item, decider=replace(item.decider, decide=buggy)),), views=())
    )

    response = await post_command(post(*RECEIVE), application)

    problem = told(response)
    assert (response.status_code, problem["code"], len(problem["traceId"])) == (500, "internal", 32)
    assert "inner life" not in response.get_body().decode()
    (logged,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert problem["traceId"] in logged.getMessage()
    assert caplog.text.count("ZeroDivisionError: the inner life of an item") == 1
    assert "in buggy" in caplog.text


async def test_in_a_cloud_nothing_of_what_a_bug_says_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_SITE_NAME", "func-api")
    answering = commands.post_command(post(*RECEIVE), failing(KeyError("somebody")))

    trace = told(await answered(answering))["traceId"]

    assert f"a request failed, trace {trace}: KeyError\n" in caplog.text
    assert "somebody" not in caplog.text


async def test_in_a_cloud_nothing_of_what_the_services_say_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_SITE_NAME", "func-api")
    said = "https://account-7.documents.azure.com:443/ refuses a connection"
    answering = commands.post_command(post(*RECEIVE), failing(StoreUnavailable(said)))

    trace = told(await answered(answering))["traceId"]
    later(LogUnavailable(said))

    first, second = (record.getMessage() for record in caplog.records)
    answer = f"a request is answered with 503, trace {trace}: StoreUnavailable at "
    assert first.startswith(answer)
    assert first.rpartition(":")[2].isdecimal()
    assert second == "a delivery has to come again: LogUnavailable"
    assert "account-7" not in caplog.text
