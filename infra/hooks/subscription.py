"""What the subscription and the region must offer. Each function asks by `az` and gives sentences."""

import re
from collections.abc import Callable, Iterator
from subprocess import CalledProcessError
from typing import Any, Final

type Az = Callable[..., Any]

PROVIDERS: Final = (
    "Microsoft.Authorization",
    "Microsoft.DocumentDB",
    "Microsoft.EventGrid",
    "Microsoft.EventHub",
    "Microsoft.Insights",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Resources",
    "Microsoft.Storage",
    "Microsoft.Web",
)
# Microsoft.App is named by the delegation of a subnet alone, so the deployment itself would not register it.
PRIVATE_PROVIDERS: Final = ("Microsoft.App", "Microsoft.Network")
FRONT_PROVIDERS: Final = ("Microsoft.Cdn", "Microsoft.Network")
BUDGET_PROVIDERS: Final = ("Microsoft.Consumption",)
LEAST_AZ: Final = (2, 79, 0)
LEAST_FUNC: Final = (4, 0, 7512)


def old_tools(az: Az) -> Iterator[str]:
    """Yields a sentence if the Azure CLI is too old; azd compares its own version with azure.yaml."""
    said = az("version")["azure-cli"]
    if tuple(int(part) for part in re.findall(r"\d+", said)[:3]) < LEAST_AZ:
        yield f"az is {said}, and at least {'.'.join(map(str, LEAST_AZ))} is needed: az upgrade"


def old_core_tools(func: Callable[[str], str]) -> Iterator[str]:
    """Yields a sentence if Core Tools are there and too old to publish to Flex Consumption; azd needs none."""
    try:
        said = func("--version").strip()
    except (OSError, CalledProcessError):
        return
    if tuple(int(part) for part in re.findall(r"\d+", said)[:3]) < LEAST_FUNC:
        yield f"func is {said}, and at least {'.'.join(map(str, LEAST_FUNC))} is needed to publish with it"


def register(az: Az, *more: str) -> Iterator[str]:
    """Registers the providers that are not, and waits; yields a sentence for each that cannot be."""
    for name in dict.fromkeys((*PROVIDERS, *more)):
        if az("provider", "show", "--namespace", name)["registrationState"] == "Registered":
            continue
        try:
            az("provider", "register", "--namespace", name, "--wait")
        except CalledProcessError:
            yield (
                f"the provider {name} is not registered, and you may not register it: ask an owner of the"
                f" subscription for `az provider register --namespace {name} --wait`"
            )


def region(az: Az, location: str, *, zones: bool) -> Iterator[str]:
    """Yields a sentence if the region has no Flex Consumption, with zones where they are asked for."""
    options = ["--zone-redundant", "true"] if zones else []
    listed = az("functionapp", "list-flexconsumption-locations", *options)
    names = sorted(one["name"].lower().replace(" ", "") for one in listed)
    if location not in names:
        kind = "Flex Consumption over zones" if zones else "Flex Consumption"
        yield f"{location} has no {kind}; these have: {', '.join(names)}"
        return
    runtimes = az(
        *("functionapp", "list-flexconsumption-runtimes", "--location", location),
        *("--runtime", "python"),
    )
    if "3.13" not in {one["version"] for one in runtimes}:
        yield f"{location} does not run Python 3.13 on Flex Consumption yet"


def tags_of(az: Az, group: str) -> dict[str, str]:
    """Returns the tags of a resource group; none where there is no group yet."""
    if not az("group", "exists", "--name", group):
        return {}
    tags: dict[str, str] | None = az("group", "show", "--name", group)["tags"]
    return tags or {}
