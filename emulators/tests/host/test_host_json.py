"""host.json: what is accepted, what keeps the host from starting, and which settings are not played."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulators.host.configuration import HostConfiguration
from emulators.host.errors import ConfigurationError

BUNDLE = {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.22.0, 5.0.0)"}


def read(folder: Path, text: str = "", **settings: Any) -> HostConfiguration:
    whole = {"version": "2.0", "extensionBundle": BUNDLE, **settings}
    (folder / "host.json").write_text(text or json.dumps(whole), encoding="utf-8")
    return HostConfiguration.read(folder)


def test_comments_commas_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    text = """\ufeff{
      // "version": "1.0",
      "version": "2.0", /* the bundle
      comes later */
      "extensions": {"http": {"routePrefix": "a//b,]",},},
      "functions": ["one", "two",],
    }"""

    found = read(tmp_path, text)

    assert (found.route_prefix, found.functions) == ("a//b,]", frozenset({"one", "two"}))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("-1", None), ("00:05:00", 300.0), ("1.00:00:01", 86_401.0), ("00:00:00.5", 0.5)],
)
def test_a_time_out_is_a_span_or_none(text: str, seconds: float | None, tmp_path: Path) -> None:
    assert read(tmp_path, functionTimeout=text).timeout == seconds


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"version": None}, "version is None"),
        ({"version": "3.0"}, "version is '3.0'"),
        ({"version": 2.0}, "version is 2.0"),
        ({"functionTimeout": "5 minutes"}, "functionTimeout is '5 minutes'"),
        ({"functionTimeout": 300}, "functionTimeout is 300"),
        ({"functionTimeout": "00:00:00"}, "functionTimeout is no time at all"),
        ({"logging": {"logLevel": {"default": "Loud"}}}, "logging.logLevel.default"),
        ({"retry": {"strategy": "sometimes"}}, "retry.strategy cannot be 'sometimes'"),
        ({"extensions": {"http": {"routePrefix": 7}}}, "http.routePrefix cannot be 7"),
        ({"extensions": {"http": {"maxConcurrentRequests": True}}}, "maxConcurrentRequests"),
        (
            {"extensions": {"eventHubs": {"initialOffsetOptions": {"type": "fromNoon"}}}},
            "initialOffsetOptions.type cannot be 'fromNoon'",
        ),
    ],
)
def test_what_answers_503_in_azure_ends_the_start(
    settings: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(tmp_path, **settings)

    assert told in str(raised.value)


def test_what_is_no_json_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"host\.json"):
        read(tmp_path, "[]")
    with pytest.raises(ConfigurationError, match=r"host\.json"):
        read(tmp_path, "{")


def test_each_setting_that_is_accepted_and_not_played_is_named_and_no_other(tmp_path: Path) -> None:
    quiet = read(
        tmp_path,
        telemetryMode="OpenTelemetry",
        logging={"logLevel": {"default": "Warning"}},
        extensions={"eventHubs": {"minEventBatchSize": 1, "prefetchCount": 7}},
    )
    loud = read(
        tmp_path,
        singleton={"lockPeriod": "00:00:15"},
        extensions={
            "http": {"customHeaders": {"X-A": "1"}, "maxOutstandingRequests": 5},
            "eventHubs": {"minEventBatchSize": 2, "maxWaitTime": "00:00:05"},
        },
    )

    assert quiet.unplayed == ()
    assert loud.unplayed == (
        "singleton.lockPeriod",
        "extensions.http.customHeaders.X-A",
        "extensions.http.maxOutstandingRequests",
        "extensions.eventHubs.minEventBatchSize",
        "extensions.eventHubs.maxWaitTime",
    )
