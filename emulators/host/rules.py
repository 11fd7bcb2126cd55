"""What only the .NET host checks when it loads an app, after the worker has indexed it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulators.host.configuration import (
    HostConfiguration,
    connection,
    is_disabled,
    resolve,
)
from emulators.host.errors import ConfigurationError
from emulators.host.protos import RpcFunctionMetadata
from emulators.host.routes import Route, parse_route
from emulators.host.schedule import parse_schedule
from emulators.host.shadowing import shadowed

_FUNCTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,127}")
_BINDING_NAME = re.compile(r"(?!.*__)[A-Za-z_][A-Za-z0-9_]{0,127}|\$return")
_BUNDLE = re.compile(r"\[4\.\d+\.\d+, 5\.0\.0\)")
SUPPORTED = frozenset(
    {
        "httpTrigger",
        "cosmosDBTrigger",
        "eventHubTrigger",
        "eventGridTrigger",
        "timerTrigger",
        "warmupTrigger",
    }
)
OVER_HTTP = frozenset({"httpTrigger", "eventGridTrigger"})
HTTP, REST, ALL = "http", "rest", "all"
"""The groups of functions that one process can serve: Flex gives HTTP and the rest instances of their own."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that passed: its metadata, its trigger as the decorator wrote it, its route."""

    metadata: RpcFunctionMetadata
    trigger: Mapping[str, Any]
    route: Route | None
    disabled: bool = False

    @property
    def name(self) -> str:
        """The function's name."""
        return self.metadata.name

    @property
    def type(self) -> str:
        """The trigger's type."""
        found: str = self.trigger["type"]
        return found

    def is_in(self, group: str) -> bool:
        """Tell whether a group has it; every process warms up."""
        own = HTTP if self.type in OVER_HTTP else REST
        return self.type == "warmupTrigger" or group in {own, ALL}

    @property
    def level(self) -> str:
        """Whose key an HTTP function asks for."""
        return str(self.trigger.get("authLevel") or "function").lower()


def check(
    functions: Sequence[RpcFunctionMetadata], configuration: HostConfiguration
) -> list[Function]:
    """Check all functions; raises ConfigurationError that names the function."""
    if _BUNDLE.fullmatch(configuration.bundle) is None:
        raise ConfigurationError(
            f"host.json: extensionBundle is {configuration.bundle!r}, and should be [4.x.y, 5.0.0)"
        )
    wanted = configuration.functions
    checked = [
        _check_one(function) for function in functions if wanted is None or function.name in wanted
    ]
    if hidden := list(shadowed(one.route for one in checked if one.route)):
        raise ConfigurationError("; ".join(hidden))
    return checked


def described(function: Function) -> dict[str, Any]:
    """Show what a function is bound to, and how it is retried."""
    retry = function.metadata.retry_options
    return {
        "trigger": dict(function.trigger),
        "retry": {"strategy": retry.retry_strategy, "most": retry.max_retry_count}
        if retry
        else None,
    }


def _check_one(function: RpcFunctionMetadata) -> Function:
    name = function.name
    if _FUNCTION_NAME.fullmatch(name) is None or name.lower() == "host":
        raise ConfigurationError(f"{name!r} cannot be the name of a function")
    bindings = [json.loads(raw) for raw in function.raw_bindings]
    for binding in bindings:
        if _BINDING_NAME.fullmatch(binding["name"]) is None:
            raise ConfigurationError(
                f"function '{name}': {binding['name']!r} cannot be the name of a binding"
            )
    trigger = next(binding for binding in bindings if binding["type"].lower().endswith("trigger"))
    for binding in bindings:
        _check_binding(name, trigger, binding)
    if trigger["type"] not in SUPPORTED:
        raise ConfigurationError(
            f"function '{name}': the local host does not support the trigger {trigger['type']}"
        )
    _check_shape(name, trigger)
    _check_retry(function)
    if trigger["type"] == "timerTrigger":
        parse_schedule(name, resolve(name, trigger["schedule"]))
    if "connection" in trigger:
        connection(name, trigger["connection"])
    return Function(function, trigger, _route(name, trigger), is_disabled(name))


def _check_binding(name: str, trigger: Mapping[str, Any], binding: Mapping[str, Any]) -> None:
    """Refuse an input or an output that nobody would serve: in Azure the function would get or give it."""
    answers = trigger["type"] == "httpTrigger" and binding["type"] == "http"
    if binding is not trigger and not answers:
        raise ConfigurationError(
            f"function '{name}': the local host does not support the binding"
            f" '{binding['name']}' of type {binding['type']}"
        )


def _check_shape(name: str, trigger: Mapping[str, Any]) -> None:
    if trigger["type"] == "cosmosDBTrigger" and not trigger.get("startFromBeginning"):
        raise ConfigurationError(
            f"function '{name}': a change feed that does not start from the beginning loses what was"
            " written before its first lease: say start_from_beginning=True"
        )
    shape = trigger.get("cardinality"), trigger.get("dataType")
    if trigger["type"] == "eventHubTrigger" and shape != ("MANY", "BINARY"):
        raise ConfigurationError(
            f"function '{name}': the local host supports Event Hubs triggers of cardinality many and"
            f" data type binary, not {shape}"
        )


def _check_retry(function: RpcFunctionMetadata) -> None:
    retry = function.retry_options
    if retry is None:
        return
    if retry.max_retry_count < -1 or retry.minimum_interval > retry.maximum_interval:
        raise ConfigurationError(
            f"function '{function.name}': a retry policy has a count of -1 or more, and a minimum"
            " that is not above its maximum"
        )


def _route(name: str, trigger: Mapping[str, Any]) -> Route | None:
    if trigger["type"] != "httpTrigger":
        return None
    route = parse_route(name, trigger.get("route") or name, trigger.get("methods") or [])
    # The text counts, not the segment: "adminish" is refused, too.
    if route.template.lower().startswith(("admin", "runtime")):
        raise ConfigurationError(
            f"function '{name}': a route that begins as {route.template!r} does is the host's"
        )
    return route
