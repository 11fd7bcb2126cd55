"""The settings: the one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shared.adapters.connections import Connection, find_connection, read_connection
from shared.adapters.names import (
    COMMANDS_HUB,
    COMMANDS_PARTITIONS,
    COSMOS,
    EVENT_GRID,
    EVENT_HUBS,
    EVENTS_PARTITIONS,
)
from shared.kernel.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between a desk and a data centre."""

    cosmos: Connection
    event_hubs: Connection
    event_grid: Connection | None
    event_partitions: int
    command_partitions: int
    cosmos_read_timeout: float
    publish_timeout: float
    publish_budget: float
    sweep_age: float

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; raises ConfigurationError that names the one that is wrong."""
        return cls(
            cosmos=read_connection(environment, COSMOS),
            event_hubs=read_connection(environment, EVENT_HUBS),
            # Only the app that notifies has a topic.
            event_grid=find_connection(environment, EVENT_GRID),
            event_partitions=int(_number(environment, "EVENT_PARTITIONS", EVENTS_PARTITIONS)),
            command_partitions=int(_number(environment, "COMMAND_PARTITIONS", COMMANDS_PARTITIONS)),
            cosmos_read_timeout=_number(environment, "COSMOS_READ_TIMEOUT", 5),
            publish_timeout=_number(environment, "PUBLISH_TIMEOUT", 30),
            publish_budget=_number(environment, "PUBLISH_BUDGET", 120),
            sweep_age=_number(environment, "SWEEP_AGE", 120),
        )

    def partitions(self, hub: str) -> int:
        """Give how many partitions a hub has."""
        return self.command_partitions if hub == COMMANDS_HUB else self.event_partitions


HOST_SAMPLER = "microsoft.fixed_percentage"


@dataclass(frozen=True, slots=True)
class Exporters:
    """Who takes telemetry: an endpoint of OTLP over HTTP, a connection string of Azure Monitor; or nobody.

    `trace_share` is the share of traces that is kept where the host's own sampler is named, which OpenTelemetry
    does not know; None leaves sampling to the variables of OpenTelemetry.
    """

    otlp: str
    application_insights: str
    trace_share: float | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings, by the names that OpenTelemetry and the platform have given them."""
        return cls(
            otlp=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            application_insights=environment.get("APPLICATIONINSIGHTS_CONNECTION_STRING", ""),
            trace_share=(
                float(environment.get("OTEL_TRACES_SAMPLER_ARG", "1"))
                if environment.get("OTEL_TRACES_SAMPLER") == HOST_SAMPLER
                else None
            ),
        )


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Whose tokens are believed: of this issuer, made for this audience, signed with keys of this URL."""

    issuer: str
    audience: str
    keys_url: str


MOST_SECRETS = 2


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Who may deliver events of others: those who know a secret (two while one takes the place of the other)."""

    secrets: tuple[str, ...]
    origins: tuple[str, ...]
    subscriptions: tuple[str, ...]
    tokens: TokenSettings | None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; raises ConfigurationError for half of those about tokens, and for wrong secrets."""
        secrets = _list(environment, "WEBHOOK_SECRETS")
        if len(secrets) > MOST_SECRETS:
            raise ConfigurationError(
                f"WEBHOOK_SECRETS holds {len(secrets)} secrets: at most two, while one follows the other"
            )
        if any(secret.startswith("@Microsoft.KeyVault(") for secret in secrets):
            # The platform leaves a reference as it is when it may not read what it refers to: anybody may know it.
            raise ConfigurationError("WEBHOOK_SECRETS refers to a Key Vault that cannot be read")
        origins = _list(environment, "WEBHOOK_ORIGINS")
        subscriptions = _list(environment, "WEBHOOK_SUBSCRIPTIONS")
        issuer = environment.get("WEBHOOK_TOKEN_ISSUER", "")
        audience = environment.get("WEBHOOK_TOKEN_AUDIENCE", "")
        keys_url = environment.get("WEBHOOK_TOKEN_KEYS", "")
        given = [bool(one) for one in (issuer, audience, keys_url)]
        if any(given) != all(given):
            raise ConfigurationError(
                "of WEBHOOK_TOKEN_ISSUER, WEBHOOK_TOKEN_AUDIENCE and WEBHOOK_TOKEN_KEYS one is missing"
            )
        tokens = TokenSettings(issuer, audience, keys_url) if all(given) else None
        return cls(secrets, origins, subscriptions, tokens)


def signs_in(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the platform signs callers in (App Service authentication)."""
    return environment.get("WEBSITE_AUTH_ENABLED", "").lower() == "true"


def feed_poll_delay(environment: Mapping[str, str] = os.environ) -> int:
    """Give the milliseconds between two looks at a change feed that had nothing new."""
    return int(_number(environment, "CHANGE_FEED_POLL_DELAY", 500))


def connection_parts(connection: str) -> dict[str, str]:
    """Split `Name=value;…`; the value may hold `=`."""
    pairs = (part.partition("=") for part in connection.split(";") if part.strip())
    return {name.strip(): value for name, _, value in pairs}


def needed_parts(connection: str, service: str, *names: str) -> list[str]:
    """Give these parts of the connection to a service; raises ConfigurationError for those that it lacks."""
    parts = connection_parts(connection)
    missing = sorted(set(names) - parts.keys())
    if missing:
        raise ConfigurationError(f"the connection to {service} lacks {missing}")
    return [parts[name] for name in names]


def _list(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environment.get(name, "").split(",") if part.strip())


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    value = environment.get(name, str(default))
    try:
        number = float(value)
    except ValueError:
        raise ConfigurationError(f"the setting {name} is no number: {value!r}") from None
    if number <= 0:
        raise ConfigurationError(f"the setting {name} must be above 0, and is {value}")
    return number
