"""What the hook before provisioning refuses, and why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.hooks import settings, subscription
from infra.hooks.preprovision import optional
from infra.hooks.settings import DEFAULTS
from infra.local.stack import ROOT
from tests.infra.azure_cli import Azure
from tests.infra.clouds import ALL, Cloud, cloud

WOKEN = {"ONEWRITE_ALERT_EMAIL": "you@example.org"}
BUDGETED = {"ONEWRITE_BUDGET": "500", "ONEWRITE_BUDGET_FROM": "2026-12-01"}
STAGED = {"ONEWRITE_STAGING": "true", "ONEWRITE_FRONT_DOOR_TIER": "Standard_AzureFrontDoor"}
PARAMETERS = json.loads((ROOT / "infra" / "main.parameters.json").read_text("utf-8"))["parameters"]
REGISTERED = {"registrationState": "Registered"}
REFUSED = subprocess.CalledProcessError(1, "az")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({**WOKEN}, []),
        ({**WOKEN, "ONEWRITE_SPLIT": "true", "ONEWRITE_TOGETHER": "false"}, []),
        ({**WOKEN, "ONEWRITE_SPLIT": "true"}, ["opposites"]),
        ({**WOKEN, "ONEWRITE_TOGETHER": "false"}, ["opposites"]),
        ({**WOKEN, "ONEWRITE_EVENT_PARTITIONS": "40"}, ["has 1 to 32"]),
        ({**WOKEN, **BUDGETED}, []),
        ({**WOKEN, "ONEWRITE_BUDGET": "500"}, ["first day of a month"]),
        ({**BUDGETED, "ONEWRITE_ALERTS": "none"}, ["needs somebody to tell"]),
        ({**WOKEN, **STAGED, "ONEWRITE_STAGING_WEIGHT": "1000"}, []),
        ({**WOKEN, **STAGED, "ONEWRITE_STAGING_WEIGHT": "1001"}, ["at most 1000"]),
        ({**WOKEN, "ONEWRITE_STAGING_WEIGHT": "50"}, ["ONEWRITE_STAGING true"]),
        ({}, ["nobody would be woken"]),
        ({"ONEWRITE_ALERTS": "none"}, []),
        ({"ONEWRITE_ALERT_SMS": "+49 1701234567"}, []),
        ({"ONEWRITE_ALERT_SMS": "01701234567"}, ["should be like"]),
        ({**WOKEN, "ONEWRITE_ACTOR_AUDIENCE": "a", "ONEWRITE_ACTOR_CLAIM": "oid"}, []),
        ({**WOKEN, "ONEWRITE_ACTOR_CLAIM": "oid"}, ["for whom are they made"]),
        (
            {**WOKEN, "ONEWRITE_ACTOR_AUDIENCE": "a", "ONEWRITE_ACTOR_ISSUER": "https://b"},
            ["both, or neither"],
        ),
        ({**WOKEN, "ONEWRITE_ACTOR_KEYS": "https://b"}, ["both, or neither", "for whom"]),
    ],
)
def test_settings_that_contradict_themselves_are_refused(
    environment: dict[str, str], said: list[str]
) -> None:
    found = list(settings.contradictions(environment))

    assert all(part in one for part, one in zip(said, found, strict=True))


def test_what_is_deployed_is_not_changed_by_accident() -> None:
    stopped = {**DEFAULTS, "ONEWRITE_SPLIT": "true", "ONEWRITE_WRITERS": "off"}

    assert list(settings.accidents({}, {})) == []
    assert list(settings.accidents({}, DEFAULTS)) == []
    assert list(settings.accidents(stopped, stopped)) == []
    assert [one.split()[0] for one in settings.accidents({}, stopped)] == [
        "ONEWRITE_SPLIT",
        "ONEWRITE_WRITERS",
    ]
    meant = {**stopped, "ONEWRITE_WRITERS": "on", "ONEWRITE_CHANGES": "ONEWRITE_WRITERS"}
    assert list(settings.accidents(meant, stopped)) == []


def test_a_hub_never_gets_another_number_of_partitions() -> None:
    fewer = {**DEFAULTS, "ONEWRITE_EVENT_PARTITIONS": "4", "ONEWRITE_COMMAND_PARTITIONS": "4"}

    said = list(settings.repartitioned({"ONEWRITE_COMMANDS_HUB": "commands-16"}, fewer))

    assert [one.split()[0] for one in said] == ["ONEWRITE_EVENT_PARTITIONS"]
    assert "docs/operations/partitions.md" in said[0]
    assert (ROOT / "docs" / "operations" / "partitions.md").is_file()
    assert list(settings.repartitioned(fewer, fewer)) == []
    assert list(settings.repartitioned({}, {})) == []


@pytest.mark.parametrize("name", ["together", "split", "draining", "closed", "moved"])
def test_the_tags_of_the_group_are_what_the_hook_compares(name: str) -> None:
    tags = cloud(name).one("Resources/resourceGroups").body["tags"]
    asked = {
        "ONEWRITE_SPLIT": str(ALL[name].get("split", False)).lower(),
        "ONEWRITE_PRIVATE_NETWORKING": str(ALL[name].get("privateNetworking", False)).lower(),
        "ONEWRITE_ZONE_REDUNDANT": str(ALL[name].get("zoneRedundant", False)).lower(),
        "ONEWRITE_WRITERS": ALL[name].get("writers", "on"),
        "ONEWRITE_EVENTS_HUB": ALL[name].get("eventsHub", "events"),
        "ONEWRITE_EVENT_PARTITIONS": str(ALL[name].get("eventPartitions", 16)),
    }

    assert {key for key in tags if key.startswith("ONEWRITE_")} == DEFAULTS.keys()
    assert list(settings.accidents(asked, tags)) == []


def test_the_defaults_are_those_of_the_parameters() -> None:
    given = [one["value"] for one in PARAMETERS.values() if isinstance(one["value"], str)]

    for name, default in DEFAULTS.items():
        assert f"${{{name}={default}}}" in given


def test_memory_beyond_the_quota_is_said() -> None:
    assert list(settings.memory({})) == []
    (said,) = settings.memory({"ONEWRITE_SPLIT": "true"})
    assert "614,400 MB" in said


@pytest.mark.parametrize("name", ["together", "closed", "fronted"])
def test_every_provider_is_registered_that_the_template_needs(name: str) -> None:
    kinds = {one.kind.split("/")[0] for one in Cloud(ALL[name]).resources}
    private = bool(ALL[name].get("privateNetworking"))
    asked = {
        "ONEWRITE_PRIVATE_NETWORKING": str(private).lower(),
        "ONEWRITE_FRONT_DOOR_TIER": ALL[name].get("frontDoor", "none"),
        "ONEWRITE_BUDGET": str(ALL[name].get("budget", 0)),
    }
    az = Azure(provider_show={"registrationState": "NotRegistered"}, provider_register=None)

    assert list(subscription.register(az, *optional(asked))) == []
    registered = {one.split()[3] for one in az.told if one.startswith("provider register")}
    assert registered == kinds | ({"Microsoft.App"} if private else set())
    assert all(one.endswith("--wait") for one in az.told if "register" in one)


def test_what_is_registered_is_left_alone() -> None:
    az = Azure(provider_show=REGISTERED)

    assert list(subscription.register(az, *subscription.PRIVATE_PROVIDERS)) == []
    assert not any("register" in one for one in az.told)


def test_who_may_not_register_is_told_whom_to_ask() -> None:
    az = Azure(provider_show={"registrationState": "NotRegistered"}, provider_register=REFUSED)

    said = list(subscription.register(az))

    assert len(said) == len(subscription.PROVIDERS)
    assert "ask an owner" in said[0]


@pytest.mark.parametrize(
    ("location", "zones", "said"),
    [
        ("westeurope", False, []),
        ("westeurope", True, []),
        (
            "atlantis",
            False,
            ["atlantis has no Flex Consumption; these have: northeurope, westeurope"],
        ),
        ("northeurope", True, ["northeurope has no Flex Consumption over zones"]),
    ],
)
def test_a_region_without_the_plan_is_refused(location: str, zones: bool, said: list[str]) -> None:  # noqa: FBT001
    west = {"name": "West Europe"}
    az = Azure(
        **{"functionapp_list-flexconsumption-locations --zone": [west]},
        **{"functionapp_list-flexconsumption-locations": [west, {"name": "northeurope"}]},
        **{"functionapp_list-flexconsumption-runtimes": [{"version": "3.13"}]},
    )

    found = list(subscription.region(az, location, zones=zones))

    assert all(one.startswith(part) for part, one in zip(said, found, strict=True))


def test_a_region_without_this_python_is_refused() -> None:
    az = Azure(
        **{"functionapp_list-flexconsumption-locations": [{"name": "westeurope"}]},
        **{"functionapp_list-flexconsumption-runtimes": [{"version": "3.12"}]},
    )

    assert "Python 3.13" in next(subscription.region(az, "westeurope", zones=False))


def test_a_new_group_has_no_tags() -> None:
    assert subscription.tags_of(Azure(group_exists=False), "rg-some") == {}
    kept = Azure(group_exists=True, group_show={"tags": {"a": "b"}})
    assert subscription.tags_of(kept, "rg-some") == {"a": "b"}
    assert subscription.tags_of(Azure(group_exists=True, group_show={"tags": None}), "x") == {}


def test_the_hook_runs_without_anything_installed_and_says_what_is_wrong(tmp_path: Path) -> None:
    """`az` is stood in for by a script; the rest is the hook as azd calls it."""
    script = tmp_path / "az"
    script.write_text(
        "#!/bin/sh\n"
        'case "$1 $2" in\n'
        "  'version --output') echo '{\"azure-cli\": \"2.99.0\"}' ;;\n"
        "  'group exists') echo true ;;\n"
        '  \'group show\') echo \'{"tags": {"ONEWRITE_WRITERS": "off"}}\' ;;\n'
        "  'provider show') echo '{\"registrationState\": \"Registered\"}' ;;\n"
        "  'functionapp list-flexconsumption-locations') echo '[{\"name\": \"westeurope\"}]' ;;\n"
        "  'functionapp list-flexconsumption-runtimes') echo '[{\"version\": \"3.13\"}]' ;;\n"
        "esac\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    environment = {
        **WOKEN,
        "AZURE_SUBSCRIPTION_ID": "some",
        "AZURE_ENV_NAME": "prod",
        "AZURE_LOCATION": "westeurope",
    }

    def hook(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-m", "infra.hooks.preprovision"],
            cwd=ROOT,
            env={"PATH": f"{tmp_path}:{os.defpath}", **environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    ran = hook()
    assert (ran.returncode, ran.stderr.count("refused: ")) == (1, 1), ran.stderr
    assert "ONEWRITE_WRITERS is 'off' as deployed, and 'on' here" in ran.stderr
    assert hook(ONEWRITE_WRITERS="off").returncode == 0
