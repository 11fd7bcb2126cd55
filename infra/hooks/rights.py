"""Has each app try its rights with its own identity as soon as its code runs, and says what is missing.

A transactional batch of creates alone is not documented to be allowed by `items/create`: the first start tells.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from subprocess import CalledProcessError
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

type Az = Callable[..., Any]
type Ask = Callable[[str, str], Any]

ROLES: Final = ("command_api", "single_publisher", "consumers")
TRIES: Final = 10
"""A role takes minutes until the services know it."""
SECONDS: Final = 30.0
APPEND: Final = (
    "the role `append` lacks what a batch needs: add the action that the answer names to it, in"
    " infra/modules/cosmos.bicep"
)
OTHERWISE: Final = "give the app the roles of infra/apps.json (`azd provision`)"


def roles_of(app: str) -> tuple[str, ...]:
    """Returns the roles that run in an app, by its name: `func-consumers-…`."""
    named = tuple(role for role in ROLES if f"func-{role.replace('_', '-')}-" in app)
    return named or ((ROLES[0],) if "func-staging-" in app else ROLES)


def mend(denied: str) -> str:
    """Returns what to do about a right that was denied, such as `events:append`."""
    return APPEND if denied.endswith(":append") else OTHERWISE


def tried(
    apps: list[str], group: str, az: Az, ask: Ask, pause: Callable[[float], object]
) -> Iterator[str]:
    """Yields a sentence for each role that has all its rights, and for each right or app that is missing."""
    for app in apps:
        try:
            key = az("functionapp", "keys", "list", "-g", group, "-n", app)["masterKey"]
        except CalledProcessError:
            yield f"{app}: its keys are not shown to you, so nothing was tried: make doctor"
            continue
        for role in roles_of(app):
            url = f"https://{app}.azurewebsites.net/api/operations/rights/{role}"
            yield from _told(f"{app}, {role}", partial(ask, url, key), pause)


def _told(
    who: str, look: Callable[[], Mapping[str, Any]], pause: Callable[[float], object]
) -> Iterator[str]:
    why, denied = "", dict[str, str]()
    for left in reversed(range(TRIES)):
        try:
            denied = {right: said for right, said in look()["rights"].items() if said}
            why = ""
        except (HTTPError, URLError, TimeoutError, json.JSONDecodeError) as error:
            why = str(error)
        if not why and not denied:
            yield f"{who}: every right that it needs is there, a transactional batch too"
            return
        if left:
            pause(SECONDS)
    if why:
        yield f"{who}: could not be asked ({why}): make doctor"
    for right, said in denied.items():
        yield f"{who}: may not {right} ({said[:200]}): {mend(right)}"


def ask(url: str, key: str) -> Any:  # noqa: ANN401 - what a function answers is anything that JSON can say
    """Asks a function with a key; raises URLError, TimeoutError or JSONDecodeError."""
    with urlopen(Request(url, headers={"x-functions-key": key}), timeout=SECONDS) as answer:  # noqa: S310 - the app's own address
        if answer.status != HTTPStatus.OK:
            raise URLError(f"it answers {answer.status}")
        return json.load(answer)
