"""Deployments to look at, as they are and with something broken, and what the code asks of them."""

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.stack import ROOT
from infra.names import described, names_of, own_of
from tests.functions import FUNCTIONS
from tests.infra.bicep.deployment import Deployment
from tests.infra.bicep.parameters import (
    CLOSED,
    FRONTED,
    FRONTED_SPLIT,
    OTHER_ACTORS,
    SOME,
    combinations,
)
from tests.infra.bicep.resources import Resource
from tests.reference import LEFT_OUT

DESCRIBED = described(ROOT)
APPS: dict[str, Any] = json.loads((ROOT / "infra" / "apps.json").read_text(encoding="utf-8"))
SPLIT = {**SOME, "split": True}
AUTOSCALED = {**SOME, "cosmosCapacity": "autoscale"}
DRAINING = {**SPLIT, "writers": "draining"}
STOPPED = {**SOME, "writers": "off"}
STOPPED_SPLIT = {**SPLIT, "writers": "off"}
ALL = {
    "together": SOME,
    "split": SPLIT,
    "autoscaled": AUTOSCALED,
    "closed": CLOSED,
    "closed and draining": {**CLOSED, "writers": "draining"},
    "moved": {**SPLIT, "eventsHub": "events-32", "eventPartitions": 32},
    "fronted": FRONTED,
    "fronted and draining": {**FRONTED, "writers": "draining"},
    "fronted split": FRONTED_SPLIT,
    "other actors": {**SOME, "actorTokens": OTHER_ACTORS},
    "draining": DRAINING,
    "stopped": STOPPED,
    "stopped split": STOPPED_SPLIT,
    **combinations(),
}


class Cloud:
    """What Azure would be asked for, to be found by type."""

    def __init__(self, parameters: dict[str, Any], root: Path = ROOT) -> None:
        played = Deployment(root / "infra" / "main.bicep", parameters)
        self.parameters = parameters
        self.outputs = played.outputs
        self.resources = played.resources
        self.lookups = played.lookups

    def of(self, kind: str) -> list[Resource]:
        """Give the resources of a type; there must be one."""
        found = [one for one in self.resources if one.kind.rpartition("Microsoft.")[2] == kind]
        assert found, f"nothing of type {kind} is deployed"
        return found

    def one(self, kind: str) -> Resource:
        found = self.of(kind)
        assert len(found) == 1
        return found[0]

    def apps(self) -> Iterator[tuple[Resource, set[str], dict[str, str]]]:
        """Give each app with the functions that run in it and its settings."""
        for site in self.of("Web/sites"):
            listed = site.properties["siteConfig"]["appSettings"]
            settings = {one["name"]: one["value"] for one in listed}
            assert len(settings) == len(listed)
            off = {name for name in functions() if f"AzureWebJobs.{name}.Disabled" in settings}
            yield site, functions().keys() - off, settings

    def hub(self, name: str) -> str:
        """Give the hub of the flow that is called so here."""
        moved: dict[str, str] = {
            self.parameters.get(f"{hub}Hub", hub): hub for hub in DESCRIBED["hubs"]
        }
        return moved[name]

    def identity(self, site: Resource) -> str:
        """Give the id of the one identity of an app."""
        (found,) = site.body["identity"]["userAssignedIdentities"]
        assert isinstance(found, str)
        return found


@cache
def cloud(name: str) -> Cloud:
    return Cloud(ALL[name])


@cache
def functions() -> dict[str, tuple[str, dict[str, Any]]]:
    """Give, for each function of the code, the folder that it is in and its trigger."""
    listed: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, found in FUNCTIONS.items():
        trigger = found.get_trigger()
        assert trigger
        folder = found.get_user_function().__module__.partition(".")[0]
        listed[name] = folder, trigger.get_dict_repr()
    return listed


def broken(target: Path, place: str, good: str, bad: str) -> Path:
    """Copy what is deployed, with one thing changed."""
    shutil.copytree(ROOT / "infra", target / "infra", ignore=LEFT_OUT)
    (target / "shared" / "domain").mkdir(parents=True)
    for file in (names_of(ROOT), own_of(ROOT)):
        shutil.copy(file, target / file.relative_to(ROOT))
    text = (target / place).read_text(encoding="utf-8")
    assert good in text, f"{place} does not say {good}"
    (target / place).write_text(text.replace(good, bad), encoding="utf-8")
    return target
