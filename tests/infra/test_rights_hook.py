"""The hook after the deployment: each app tries its rights itself, and what is missing is said with its mend."""

import subprocess
from typing import Any
from urllib.error import URLError

import pytest

from infra.hooks import rights
from shared.adapters.azure_rights import RIGHTS
from tests.infra.clouds import cloud

REFUSED = "403: the action items/create in a batch is not allowed"


class Apps:
    """Stands in for Azure and its apps: counts who was asked, and how often somebody waited."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.waited = 0

    def az(self, *arguments: str) -> dict[str, str]:
        if "func-hidden-some" in arguments:
            raise subprocess.CalledProcessError(1, "az")
        return {"masterKey": f"key of {arguments[-1]}"}

    def ask(self, url: str, key: str) -> dict[str, Any]:
        self.asked.append(f"{url} {key}")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pause(self, _seconds: float) -> None:
        self.waited += 1

    def told(self, *apps: str) -> list[str]:
        return list(rights.tried(list(apps), "rg-some", self.az, self.ask, self.pause))


GRANTED: dict[str, Any] = {"rights": {"events:append": None}}
DENIED: dict[str, Any] = {"rights": {"events:append": REFUSED, "views:write": "403: no"}}


def test_every_role_of_every_app_is_asked_where_it_runs() -> None:
    for name in ("together", "split", "fronted"):
        deployed = cloud(name)
        roles = [rights.roles_of(app) for app in deployed.outputs["ONEWRITE_APPS"]]
        here = [functions for _, functions, _ in deployed.apps()]
        for found, functions in zip(roles, here, strict=True):
            assert {f"{role}_rights" for role in found} == {
                one for one in functions if one.endswith("_rights")
            }
    assert set(rights.ROLES) == RIGHTS.keys()


def test_a_set_with_all_rights_is_told_so_at_once() -> None:
    apps = Apps(GRANTED)

    said = apps.told("func-onewrite-some")

    assert len(said) == 3
    assert all(
        "every right that it needs is there, a transactional batch too" in one for one in said
    )
    assert apps.asked[0] == (
        "https://func-onewrite-some.azurewebsites.net/api/operations/rights/command_api"
        " key of func-onewrite-some"
    )
    assert apps.waited == 0


def test_a_role_that_takes_a_while_is_waited_for() -> None:
    apps = Apps(URLError("the app starts"), DENIED, GRANTED)

    (said,) = apps.told("func-command-api-some")

    assert "is there" in said
    assert apps.waited == 2


@pytest.mark.parametrize(
    ("right", "said"),
    [("events:append", "infra/modules/cosmos.bicep"), ("views:write", "azd provision")],
)
def test_what_is_missing_is_named_with_what_mends_it(right: str, said: str) -> None:
    apps = Apps(DENIED)

    found = apps.told("func-command-api-some")

    assert len(found) == 2
    (one,) = (sentence for sentence in found if f"may not {right} " in sentence)
    assert said in one
    assert apps.waited == rights.TRIES - 1


def test_an_app_that_cannot_be_asked_is_told_and_stops_nothing() -> None:
    apps = Apps(URLError("403 Ip Forbidden"))

    found = apps.told("func-hidden-some", "func-consumers-some")

    assert "keys are not shown" in found[0]
    assert "Ip Forbidden" in found[1]
    assert all("make doctor" in one for one in found)
