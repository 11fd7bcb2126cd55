"""host.json and the settings of the app, as the host reads them."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from emulators.host.errors import ConfigurationError
from emulators.host.host_json import parsed, seconds, unplayed

ORIGINS, CREDENTIALS = "CORS_ALLOWED_ORIGINS", "CORS_SUPPORT_CREDENTIALS"
"""What the platform tells the host of `siteConfig.cors`: a list in JSON, and a boolean."""
_SETTING = re.compile(r"%([^%]+)%")


@dataclass(frozen=True, slots=True)
class HostConfiguration:
    """What host.json says; `timeout` None is no limit, `functions` None all of them."""

    route_prefix: str
    timeout: float | None
    bundle: str
    keep_dates: bool
    event_hubs: dict[str, Any]
    functions: frozenset[str] | None
    unplayed: tuple[str, ...]

    @classmethod
    def read(cls, app: Path) -> Self:
        """Read host.json; raises ConfigurationError."""
        try:
            text = (app / "host.json").read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"host.json: {error}") from error
        given = parsed(text)
        extensions = given.get("extensions", {})
        serializer = extensions.get("cosmosDB", {}).get("serializerSettings", {})
        named = given.get("functions")
        return cls(
            route_prefix=extensions.get("http", {}).get("routePrefix", "api"),
            timeout=seconds(given.get("functionTimeout", "00:30:00")),
            bundle=given.get("extensionBundle", {}).get("version", ""),
            keep_dates=serializer.get("dateParseHandling") == "None",
            event_hubs=extensions.get("eventHubs", {}),
            functions=None if named is None else frozenset(named),
            unplayed=tuple(unplayed(given)),
        )


def load_settings(path: Path) -> None:
    """Put the values of a settings file into the environment; what is there already wins."""
    given = json.loads(path.read_text(encoding="utf-8"))
    values = {**given.get("Values", {}), **_cors(given.get("Host", {}))}
    for name, value in values.items():
        os.environ.setdefault(name, str(value))


def _cors(host: dict[str, Any]) -> dict[str, str]:
    """Give the settings of the platform for what `func` reads in their place."""
    origins = [one.strip() for one in str(host.get("CORS", "")).split(",") if one.strip()]
    if not origins:
        return {}
    return {ORIGINS: json.dumps(origins), CREDENTIALS: str(bool(host.get("CORSCredentials")))}


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


def is_disabled(function: str) -> bool:
    """Tell whether a setting switches a function off."""
    names = (f"AzureWebJobs.{function}.Disabled", f"AzureWebJobs__{function}__Disabled")
    return any(os.environ.get(name, "").lower() in {"true", "1"} for name in names)
