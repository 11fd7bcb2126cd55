"""The settings: the one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Self

from shared.adapters.archive.place import Place, find_place
from shared.adapters.connections import Connection, find_connection, read_connection
from shared.adapters.identity.entra_names import audiences_of, issuers_of
from shared.adapters.identity.webhook_senders import PLATFORM, Sender, read_senders
from shared.adapters.names import (
    COMMANDS_HUB,
    COMMANDS_PARTITIONS,
    COSMOS,
    EVENT_GRID,
    EVENT_HUBS,
    EVENTS_HUB,
    EVENTS_PARTITIONS,
)
from shared.adapters.polled_feeds import PolledFeed, read_polled_feeds
from shared.kernel.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between a desk and a data centre."""

    cosmos: Connection
    event_hubs: Connection
    event_grid: Connection | None
    archive: Place | None
    events_hub: str
    commands_hub: str
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
            archive=find_place(environment),
            events_hub=hub_name(EVENTS_HUB, environment),
            commands_hub=hub_name(COMMANDS_HUB, environment),
            event_partitions=_whole(environment, "EVENT_PARTITIONS", EVENTS_PARTITIONS),
            command_partitions=_whole(environment, "COMMAND_PARTITIONS", COMMANDS_PARTITIONS),
            cosmos_read_timeout=_number(environment, "COSMOS_READ_TIMEOUT", 5),
            publish_timeout=_number(environment, "PUBLISH_TIMEOUT", 10),
            publish_budget=_number(environment, "PUBLISH_BUDGET", 15),
            sweep_age=_number(environment, "SWEEP_AGE", 120),
        )

    def partitions(self, hub: str) -> int:
        """Give how many partitions a hub has."""
        return self.command_partitions if hub == COMMANDS_HUB else self.event_partitions

    def hub_name(self, hub: str) -> str:
        """Give what a hub of the flow is called in the cloud."""
        return self.commands_hub if hub == COMMANDS_HUB else self.events_hub

    def moved_to(self, hub: str) -> str:
        """Give the name of a hub once the set has moved to it; nothing while it is the first one."""
        return "" if self.hub_name(hub) == hub else self.hub_name(hub)


HOST_SAMPLER = "microsoft.fixed_percentage"
TRUE = frozenset({"1", "true", "t", "yes", "y"})


@dataclass(frozen=True, slots=True)
class Exporters:
    """Who takes telemetry: an endpoint of OTLP over HTTP, a connection string of Azure Monitor; or nobody.

    `trace_share` is the share of traces that is kept where the host's own sampler is named, which OpenTelemetry
    does not know; None leaves sampling to the variables of OpenTelemetry. `hosted` says that the host leaves the
    logs to this application, and hands its place in the trace on.
    """

    otlp: str
    application_insights: str
    trace_share: float | None = None
    hosted: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings, by the names that OpenTelemetry and the platform have given them."""
        return cls(
            otlp=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            application_insights=environment.get("APPLICATIONINSIGHTS_CONNECTION_STRING", ""),
            trace_share=(
                _number(environment, "OTEL_TRACES_SAMPLER_ARG", 1, least=0)
                if environment.get("OTEL_TRACES_SAMPLER") == HOST_SAMPLER
                else None
            ),
            # As the worker reads it.
            hosted=environment.get("PYTHON_ENABLE_OPENTELEMETRY", "").strip().lower() in TRUE,
        )


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Whose tokens are believed: of these issuers, for one of these audiences; `keys` is a URL, or the keys."""

    issuers: tuple[str, ...]
    audiences: tuple[str, ...]
    keys: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self | None:
        """Read the settings, if there are any; raises ConfigurationError for half of them, and for wrong ones."""
        given = cls.given(
            environment, "WEBHOOK_TOKEN_ISSUER", "WEBHOOK_TOKEN_AUDIENCE", "WEBHOOK_TOKEN_KEYS"
        )
        return given and cls(issuers_of(given.issuers), audiences_of(given.audiences), given.keys)

    @classmethod
    def given(
        cls, environment: Mapping[str, str], issuer: str, audience: str, keys: str
    ) -> Self | None:
        """Read the settings as they are given under these names; raises ConfigurationError for half of them."""
        issuers, audiences = _list(environment, issuer), _list(environment, audience)
        published = environment.get(keys, "")
        given = [bool(one) for one in (issuers, audiences, published)]
        if any(given) != all(given):
            raise ConfigurationError(f"of {issuer}, {audience} and {keys} one is missing")
        return cls(issuers, audiences, published) if all(given) else None


@dataclass(frozen=True, slots=True)
class ActorSettings:
    """Whose tokens say who asks, and the claim that says it."""

    tokens: TokenSettings
    claim: str

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """Read the settings, if there are any; raises ConfigurationError for half of them, and for two issuers.

        What one issuer calls somebody may be somebody else for another.
        """
        tokens = TokenSettings.given(
            environment, "ACTOR_TOKEN_ISSUER", "ACTOR_TOKEN_AUDIENCE", "ACTOR_TOKEN_KEYS"
        )
        if tokens is None:
            return None
        if len(tokens.issuers) > 1:
            raise ConfigurationError("ACTOR_TOKEN_ISSUER names more than one issuer")
        return cls(tokens, environment.get("ACTOR_TOKEN_CLAIM", "sub"))


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Who may deliver events of others, and which."""

    senders: tuple[Sender, ...]
    origins: tuple[str, ...]
    subscriptions: tuple[str, ...]
    tokens: TokenSettings | None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; raises ConfigurationError that names the place that is wrong."""
        named = environment.get("WEBHOOK_SENDERS", "")
        senders = read_senders(named, environment.get("WEBHOOK_SECRETS", ""))
        tokens = TokenSettings.read(environment)
        if tokens is None and any(one.applications for one in senders):
            raise ConfigurationError(
                "WEBHOOK_SENDERS names applications, and WEBHOOK_TOKEN_ISSUER is missing"
            )
        origins = _list(environment, "WEBHOOK_ORIGINS")
        return cls(senders, origins, _list(environment, "WEBHOOK_SUBSCRIPTIONS"), tokens)

    @property
    def platform(self) -> Sender:
        """What Event Grid may bring straight to the function: nothing, unless the settings say what."""
        nothing = Sender(PLATFORM, (), ())
        return next((one for one in self.senders if one.name == PLATFORM), nothing)


def read_feeds(environment: Mapping[str, str] = os.environ) -> tuple[PolledFeed, ...]:
    """Read which feeds of others are followed; raises ConfigurationError that names the place that is wrong."""
    return read_polled_feeds(environment)


def signs_in(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the platform signs callers in (App Service authentication)."""
    return environment.get("WEBSITE_AUTH_ENABLED", "").lower() == "true"


def deployed(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this is an app in Azure, and no stack on a developer's machine."""
    return "WEBSITE_SITE_NAME" in environment


def hub_name(hub: str, environment: Mapping[str, str] = os.environ) -> str:
    """Give what a hub of the flow is called in the cloud: `EVENTS_HUB` and `COMMANDS_HUB` say otherwise."""
    return environment.get(f"{hub.upper()}_HUB") or hub


def feed_poll_delay(environment: Mapping[str, str] = os.environ) -> int:
    """Give the milliseconds between two looks at a change feed that had nothing new."""
    return _whole(environment, "CHANGE_FEED_POLL_DELAY", 500)


def check(environment: Mapping[str, str] = os.environ) -> None:
    """Read all settings; raises ConfigurationError that names the one that is wrong, before anybody needs it."""
    Settings.read(environment)
    ActorSettings.read(environment)
    WebhookSettings.read(environment)
    read_feeds(environment)
    Exporters.read(environment)
    feed_poll_delay(environment)


def _list(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environment.get(name, "").split(",") if part.strip())


def _number(
    environment: Mapping[str, str], name: str, default: float, least: float | None = None
) -> float:
    """Read a number above 0, or from a least one on."""
    value = environment.get(name, str(default))
    try:
        number = float(value)
    except ValueError:
        raise ConfigurationError(f"the setting {name} is no number: {value!r}") from None
    if not isfinite(number):
        raise ConfigurationError(f"the setting {name} is no number: {value!r}")
    if number < (least or 0) or (least is None and number == 0):
        raise ConfigurationError(f"the setting {name} must be above 0, and is {value}")
    return number


def _whole(environment: Mapping[str, str], name: str, default: int) -> int:
    number = _number(environment, name, default)
    if not number.is_integer():
        raise ConfigurationError(f"the setting {name} must be a whole number, and is {number}")
    return int(number)
