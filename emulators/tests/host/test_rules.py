"""What keeps an app from starting: bindings that nobody serves, and routes that are the host's."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from emulators.host.configuration import HostConfiguration
from emulators.host.errors import ConfigurationError
from emulators.host.protos import RpcFunctionMetadata
from emulators.host.rules import Function, check

REQUEST = {"name": "req", "type": "httpTrigger", "authLevel": "function", "methods": []}
ANSWER = {"name": "$return", "type": "http", "direction": "out"}


def checked(*bindings: dict[str, Any], functions: frozenset[str] | None = None) -> list[Function]:
    """Check a function `f` that has these bindings."""
    return checked_all({"f": bindings}, functions)


def checked_all(
    bindings: Mapping[str, Sequence[dict[str, Any]]], functions: frozenset[str] | None = None
) -> list[Function]:
    """Check functions that have these bindings."""
    found = [
        RpcFunctionMetadata(
            name=name, function_id=name, raw_bindings=[json.dumps(one) for one in own]
        )
        for name, own in bindings.items()
    ]
    bundle = "[4.22.0, 5.0.0)"
    configuration = HostConfiguration(
        route_prefix="api",
        timeout=None,
        bundle=bundle,
        keep_dates=False,
        event_hubs={},
        functions=functions,
        unplayed=(),
    )
    return check(found, configuration)


@pytest.mark.parametrize(
    "binding",
    [
        {"name": "found", "type": "cosmosDB", "direction": "in"},
        {"name": "out", "type": "eventHub", "direction": "out"},
        {"name": "queue", "type": "queue", "direction": "out"},
    ],
)
def test_a_binding_that_the_host_cannot_serve_is_refused_by_function_and_name(
    binding: dict[str, Any],
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        checked(REQUEST, ANSWER, binding)

    told = str(raised.value)
    assert "function 'f'" in told
    assert f"'{binding['name']}' of type {binding['type']}" in told


def test_an_answer_over_http_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobs.f.Disabled", "true")

    [function] = checked(REQUEST, ANSWER)

    assert (function.level, function.disabled) == ("function", True)


@pytest.mark.parametrize("route", ["admin/x", "adminish", "Runtime", "runtimes/{id}"])
def test_a_route_that_begins_like_one_of_the_hosts_is_refused(route: str) -> None:
    with pytest.raises(ConfigurationError, match="is the host's"):
        checked({**REQUEST, "route": route}, ANSWER)


def test_a_function_whose_requests_an_earlier_one_takes_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A function that is switched off keeps its route.
    monkeypatch.setenv("AzureWebJobs.show.Disabled", "true")
    routes = {"show_mine": "visits/mine", "show": "visits/{id}", "touch": "visits/{id}"}
    apps: dict[str, list[dict[str, Any]]] = {}
    for name, route in routes.items():
        methods = ["POST"] if name == "touch" else ["GET"]
        apps[name] = [{**REQUEST, "route": route, "methods": methods}, ANSWER]

    with pytest.raises(ConfigurationError) as raised:
        checked_all(apps)

    assert str(raised.value) == (
        "show (visits/{id}) takes requests of show_mine (visits/mine):"
        " the host asks show first, in alphabetical order"
    )


def test_functions_that_host_json_does_not_name_are_not_loaded() -> None:
    assert checked(REQUEST, functions=frozenset({"g"})) == []
    assert [one.name for one in checked(REQUEST, functions=frozenset({"f"}))] == ["f"]
