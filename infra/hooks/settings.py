"""What the settings of an environment say, and whether it may be provisioned with them. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

type Environment = Mapping[str, str]

DEFAULTS: Final = {
    "ONEWRITE_SPLIT": "false",
    "ONEWRITE_COSMOS_CAPACITY": "serverless",
    "ONEWRITE_PRIVATE_NETWORKING": "false",
    "ONEWRITE_ZONE_REDUNDANT": "false",
    "ONEWRITE_STORE_LOCKED": "false",
    "ONEWRITE_STORE": "",
    "ONEWRITE_WRITERS": "on",
    "ONEWRITE_EVENTS_HUB": "events",
    "ONEWRITE_EVENT_PARTITIONS": "16",
    "ONEWRITE_COMMANDS_HUB": "commands",
    "ONEWRITE_COMMAND_PARTITIONS": "16",
}
"""What may not change by accident; main.bicep keeps each as a tag of the resource group."""
RECEIVERS: Final = ("ONEWRITE_ALERT_EMAIL", "ONEWRITE_ALERT_SMS", "ONEWRITE_ALERT_WEBHOOK")
SMS: Final = re.compile(r"\+\d{1,3} \d{4,14}")
FIRST_DAY: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-01")
HUBS: Final = {
    "ONEWRITE_EVENTS_HUB": "ONEWRITE_EVENT_PARTITIONS",
    "ONEWRITE_COMMANDS_HUB": "ONEWRITE_COMMAND_PARTITIONS",
}
"""The setting with the name of each hub, and the one with its partitions."""
MOST_PARTITIONS: Final = 32
MOST_WEIGHT: Final = 1000
REGIONAL_MEGABYTES: Final = 512_000
"""What all Flex Consumption apps of a subscription may use in a region, unless it was raised."""


def value(environment: Environment, name: str) -> str:
    """Returns a setting as the template gets it."""
    return environment.get(name) or DEFAULTS[name]


def contradictions(environment: Environment) -> Iterator[str]:
    """Yields what is wrong with the settings by themselves."""
    together = environment.get("ONEWRITE_TOGETHER") or "true"
    if value(environment, "ONEWRITE_SPLIT") == together:
        # Two publishers would share one lease prefix, and every event would come twice.
        yield "set ONEWRITE_SPLIT and ONEWRITE_TOGETHER to opposites: azd env set ONEWRITE_TOGETHER false"
    if environment.get("ONEWRITE_ALERTS") != "none" and not any(
        environment.get(name) for name in RECEIVERS
    ):
        yield (
            "nobody would be woken by an alert: azd env set ONEWRITE_ALERT_EMAIL you@example.org"
            " (or ONEWRITE_ALERT_SMS, ONEWRITE_ALERT_WEBHOOK; ONEWRITE_ALERTS none if you mean it)"
        )
    audience, issuer, keys, claim = (
        environment.get(f"ONEWRITE_ACTOR_{name}")
        for name in ("AUDIENCE", "ISSUER", "KEYS", "CLAIM")
    )
    if bool(issuer) != bool(keys):
        # One alone would be held against the other of the tenant, and no token would be valid.
        yield "set ONEWRITE_ACTOR_ISSUER and ONEWRITE_ACTOR_KEYS both, or neither for your own tenant"
    if (issuer or keys or claim) and not audience:
        yield "without ONEWRITE_ACTOR_AUDIENCE no token says who asks: for whom are they made?"
    yield from numbers(environment)
    sms = environment.get("ONEWRITE_ALERT_SMS")
    if sms and not SMS.fullmatch(sms):
        yield f"ONEWRITE_ALERT_SMS is {sms!r}, and should be like '+49 1701234567'"


def numbers(environment: Environment) -> Iterator[str]:
    """Yields each number and date that Azure would refuse, or that means nothing."""
    budget, begins = (environment.get(f"ONEWRITE_BUDGET{one}") or "" for one in ("", "_FROM"))
    if budget not in {"", "0"} and not FIRST_DAY.fullmatch(begins):
        yield f"ONEWRITE_BUDGET_FROM is {begins!r}, and should be the first day of a month, like '2026-12-01'"
    if budget not in {"", "0"} and not any(environment.get(name) for name in RECEIVERS):
        # Azure takes a budget of a group only with an address or an action group; owners alone are not enough.
        yield f"ONEWRITE_BUDGET needs somebody to tell: set one of {', '.join(RECEIVERS)}"
    for name in HUBS.values():
        if not 1 <= int(value(environment, name)) <= MOST_PARTITIONS:
            yield f"{name} is {value(environment, name)}: a hub of the tier Standard has 1 to {MOST_PARTITIONS}"
    weighs = environment.get("ONEWRITE_FRONT_DOOR_TIER", "none") != "none"
    weight = int(environment.get("ONEWRITE_STAGING_WEIGHT") or 0)
    if not 0 <= weight <= MOST_WEIGHT:
        yield f"ONEWRITE_STAGING_WEIGHT is {weight}: an origin of a Front Door weighs at most {MOST_WEIGHT}"
    if weight and not (weighs and environment.get("ONEWRITE_STAGING") == "true"):
        yield "ONEWRITE_STAGING_WEIGHT needs ONEWRITE_STAGING true, and an ONEWRITE_FRONT_DOOR_TIER that weighs"


def accidents(environment: Environment, tags: Mapping[str, str]) -> Iterator[str]:
    """Yields each setting that differs from what is deployed, and is not named in ONEWRITE_CHANGES."""
    meant = set(re.split(r"[ ,]+", environment.get("ONEWRITE_CHANGES", "")))
    for name in DEFAULTS:
        deployed, asked = tags.get(name), value(environment, name)
        if deployed is not None and deployed.lower() != asked.lower() and name not in meant:
            yield (
                f"{name} is {deployed!r} as deployed, and {asked!r} here: azd env set {name} {deployed or '""'}"
                f", or, if you mean to change it, ONEWRITE_CHANGES={name} azd provision"
            )


def repartitioned(environment: Environment, tags: Mapping[str, str]) -> Iterator[str]:
    """Yields each hub that would keep its name, and get another number of partitions."""
    for hub, partitions in HUBS.items():
        deployed, asked = tags.get(partitions), value(environment, partitions)
        if deployed not in {None, asked} and tags.get(hub) == value(environment, hub):
            yield (
                f"{partitions} is {deployed} as deployed, and {asked} here: a hub keeps its number for ever. Move"
                f" to a hub of another name: docs/operations/partitions.md"
            )


def apps(environment: Environment) -> int:
    """Returns how many apps are deployed."""
    return 3 if value(environment, "ONEWRITE_SPLIT") == "true" else 1


def memory(environment: Environment) -> Iterator[str]:
    """Yields a sentence if the apps together may grow beyond what a region gives them."""
    size = int(environment.get("ONEWRITE_INSTANCE_MEMORY") or 2048)
    most = int(environment.get("ONEWRITE_MOST_INSTANCES") or 100)
    if (asked := apps(environment) * most * size) > REGIONAL_MEGABYTES:
        yield (
            f"{apps(environment)} × {most} instances of {size} MB are {asked:,} MB, and a subscription has"
            f" {REGIONAL_MEGABYTES:,} in a region: under full load no instance is added beyond that. Lower"
            " ONEWRITE_MOST_INSTANCES, or ask for more (Azure support, quota of Flex Consumption)"
        )
