"""host.json and the settings of the app, as the host reads them."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_SETTING = re.compile(r"%([^%]+)%")


class ConfigurationError(Exception):
    """The app asks for what the host cannot give it; the sentence names function and place."""


@dataclass(frozen=True, slots=True)
class HostConfiguration:
    """What host.json says."""

    route_prefix: str
    timeout: float
    bundle: str
    keep_dates: bool
    event_hubs: dict[str, Any]

    @classmethod
    def read(cls, app: Path) -> Self:
        """Read host.json; raises ConfigurationError."""
        try:
            given = json.loads((app / "host.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"host.json: {error}") from error
        extensions = given.get("extensions", {})
        serializer = extensions.get("cosmosDB", {}).get("serializerSettings", {})
        return cls(
            route_prefix=extensions.get("http", {}).get("routePrefix", "api"),
            timeout=_seconds(given.get("functionTimeout", "00:30:00")),
            bundle=given.get("extensionBundle", {}).get("version", ""),
            keep_dates=serializer.get("dateParseHandling") == "None",
            event_hubs=extensions.get("eventHubs", {}),
        )


def load_settings(path: Path) -> None:
    """Put the values of a settings file into the environment; what is there already wins."""
    values = json.loads(path.read_text(encoding="utf-8")).get("Values", {})
    for name, value in values.items():
        os.environ.setdefault(name, str(value))


def connection(function: str, name: str) -> str:
    """Find a connection string by its setting; raises ConfigurationError."""
    value = os.environ.get(name, "")
    if not value:
        raise ConfigurationError(f"function '{function}': the connection setting {name} is missing")
    return value


def resolve(function: str, text: str) -> str:
    """Replace each %SETTING% by its value; raises ConfigurationError."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise ConfigurationError(f"function '{function}': the setting {found[1]} is missing")
        return os.environ[found[1]]

    return _SETTING.sub(value, text)


def _seconds(text: str) -> float:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds
