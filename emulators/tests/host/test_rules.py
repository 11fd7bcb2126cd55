"""What keeps an app from starting: bindings that nobody serves, and routes that are the host's."""

import json
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
    raw = [json.dumps(one) for one in bindings]
    function = RpcFunctionMetadata(name="f", function_id="1", raw_bindings=raw)
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
    return check([function], configuration)


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


def test_functions_that_host_json_does_not_name_are_not_loaded() -> None:
    assert checked(REQUEST, functions=frozenset({"g"})) == []
    assert [one.name for one in checked(REQUEST, functions=frozenset({"f"}))] == ["f"]
