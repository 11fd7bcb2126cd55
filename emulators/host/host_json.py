"""host.json as the host reads it: its spelling, what it refuses, and which of its settings are not played here."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from emulators.host.errors import ConfigurationError

_TEXT: Final = r'"(?:\\.|[^"\\])*"'
_COMMENT: Final = re.compile(rf"({_TEXT})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_COMMA: Final = re.compile(rf"({_TEXT})|,(?=\s*[\]}}])")
_SPAN: Final = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?")
_LEVELS: Final = frozenset(
    {"trace", "debug", "information", "warning", "error", "critical", "none"}
)
_STARTS: Final = frozenset({"fromstart", "fromend", "fromenqueuedtime"})
_RETRIES: Final = frozenset({"fixeddelay", "exponentialbackoff"})
_TYPES: Final[Mapping[str, type]] = {
    "logging": dict,
    "logging.logLevel": dict,
    "extensionBundle": dict,
    "extensionBundle.version": str,
    "functions": list,
    "retry": dict,
    "extensions": dict,
    "extensions.http": dict,
    "extensions.http.routePrefix": str,
    "extensions.http.customHeaders": dict,
    "extensions.http.hsts": dict,
    "extensions.http.maxConcurrentRequests": int,
    "extensions.http.maxOutstandingRequests": int,
    "extensions.http.dynamicThrottlesEnabled": bool,
    "extensions.cosmosDB": dict,
    "extensions.cosmosDB.serializerSettings": dict,
    "extensions.eventHubs": dict,
    "extensions.eventHubs.maxEventBatchSize": int,
    "extensions.eventHubs.minEventBatchSize": int,
    "extensions.eventHubs.prefetchCount": int,
    "extensions.eventHubs.batchCheckpointFrequency": int,
    "extensions.eventHubs.initialOffsetOptions": dict,
}
_PLAYED: Final = frozenset(
    {
        *("version", "functionTimeout", "functions"),
        *("extensionBundle.id", "extensionBundle.version", "extensions.http.routePrefix"),
        "extensions.cosmosDB.serializerSettings.dateParseHandling",
        "extensions.eventHubs.maxEventBatchSize",
        "extensions.eventHubs.prefetchCount",
        "extensions.eventHubs.initialOffsetOptions.type",
        "extensions.eventHubs.initialOffsetOptions.enqueuedTimeUtc",
    }
)
_HARMLESS: Final[Mapping[str, Any]] = {
    "telemetryMode": "OpenTelemetry",
    "extensions.cosmosDB.connectionMode": "Gateway",
    "extensions.eventHubs.minEventBatchSize": 1,
    "extensions.eventHubs.batchCheckpointFrequency": 1,
}
"""What has this value changes nothing that an app could see here."""
_SILENT: Final = ("logging.logLevel.",)
"""Levels of the host's own logs: here it says only what fails."""


def parsed(text: str) -> dict[str, Any]:
    """Parse host.json, with the comments and commas that .NET allows; raises ConfigurationError."""
    plain = _COMMENT.sub(lambda found: found[1] or "", text.removeprefix("\ufeff"))
    try:
        given = json.loads(_COMMA.sub(lambda found: found[1] or "", plain))
    except ValueError as error:
        raise ConfigurationError(f"host.json: {error}") from error
    if not isinstance(given, dict):
        raise ConfigurationError("host.json: it is no object")
    _check(given)
    return given


def unplayed(given: Mapping[str, Any]) -> list[str]:
    """Name the settings that this host accepts, as Azure does, and does not play."""
    return [
        path
        for path, value in _settings(given)
        if path not in _PLAYED and not path.startswith(_SILENT) and _HARMLESS.get(path) != value
    ]


def seconds(text: object) -> float | None:
    """Read `functionTimeout`: None is no limit; raises ConfigurationError."""
    if text == "-1":
        return None
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ConfigurationError(f"host.json: functionTimeout is {text!r}, and no time")
    days, hours, minutes, whole, fraction = (found[number] or "0" for number in range(1, 6))
    total = ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(f"{whole}.{fraction}")
    if not total:
        raise ConfigurationError("host.json: functionTimeout is no time at all")
    return total


def _check(given: Mapping[str, Any]) -> None:
    """Refuse that with which the host would answer 503 for ever."""
    if given.get("version") != "2.0":
        raise ConfigurationError(f"host.json: version is {given.get('version')!r}, and not '2.0'")
    for path, wanted in _TYPES.items():
        value = _at(given, path)
        # To Python true is a number; to the host it is none.
        if value is not None and type(value) is not wanted:
            raise ConfigurationError(f"host.json: {path} cannot be {value!r}")
    for name, level in (_at(given, "logging.logLevel") or {}).items():
        _check_one_of(f"logging.logLevel.{name}", level, _LEVELS)
    if (retry := given.get("retry")) is not None:
        _check_one_of("retry.strategy", retry.get("strategy"), _RETRIES)
    start = _at(given, "extensions.eventHubs.initialOffsetOptions.type")
    if start is not None:
        _check_one_of("extensions.eventHubs.initialOffsetOptions.type", start, _STARTS)


def _check_one_of(path: str, value: object, known: frozenset[str]) -> None:
    if not isinstance(value, str) or value.lower() not in known:
        raise ConfigurationError(f"host.json: {path} cannot be {value!r}")


def _at(given: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - JSON
    value: Any = given
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _settings(given: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        path = f"{above}{name}"
        if isinstance(value, dict) and value:
            yield from _settings(value, f"{path}.")
        else:
            yield path, value
