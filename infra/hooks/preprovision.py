"""Refuses to provision what would fail, mislead or undo what is deployed; each reason is a sentence."""

import os
import sys
from collections.abc import Iterator

from infra.hooks.azure import az, func
from infra.hooks.settings import (
    Environment,
    accidents,
    contradictions,
    memory,
    repartitioned,
    value,
)
from infra.hooks.subscription import (
    BUDGET_PROVIDERS,
    FRONT_PROVIDERS,
    PRIVATE_PROVIDERS,
    old_core_tools,
    old_tools,
    region,
    register,
    tags_of,
)


def optional(environment: Environment) -> Iterator[str]:
    """Yields the providers of what these settings ask for beside the rest."""
    if value(environment, "ONEWRITE_PRIVATE_NETWORKING") == "true":
        yield from PRIVATE_PROVIDERS
    if (environment.get("ONEWRITE_FRONT_DOOR_TIER") or "none") != "none":
        yield from FRONT_PROVIDERS
    if (environment.get("ONEWRITE_BUDGET") or "0") != "0":
        yield from BUDGET_PROVIDERS


def refusals(environment: Environment) -> Iterator[str]:
    """Yields what is wrong: first what needs nobody, then what Azure says."""
    if found := list(contradictions(environment)):
        yield from found
        return
    yield from old_tools(az)
    az("account", "set", "--subscription", environment["AZURE_SUBSCRIPTION_ID"])
    tags = tags_of(az, f"rg-{environment['AZURE_ENV_NAME']}")
    yield from repartitioned(environment, tags)
    yield from accidents(environment, tags)
    yield from register(az, *optional(environment))
    zones = value(environment, "ONEWRITE_ZONE_REDUNDANT") == "true"
    yield from region(az, environment["AZURE_LOCATION"], zones=zones)


if __name__ == "__main__":
    for sentence in (*memory(os.environ), *old_core_tools(func)):
        print(f"note: {sentence}")
    wrong = list(refusals(os.environ))
    for sentence in wrong:
        print(f"refused: {sentence}", file=sys.stderr)
    sys.exit(1 if wrong else 0)
