"""`python -m infra.github.check`: says, in a workflow, what is missing before Azure is asked to sign it in."""

import base64
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from infra.github.federate import AUDIENCE

NEEDED: Final = (
    *("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"),
    *("AZURE_ENV_NAME", "AZURE_LOCATION"),
)
LOGIN: Final = "https://login.microsoftonline.com"


def missing(environment: Mapping[str, str]) -> Iterator[str]:
    """Yields a sentence for each variable that is not set, and for a job that may not ask for a token."""
    for name in NEEDED:
        if not environment.get(name):
            yield f"the variable {name} is not set: `azd pipeline config --auth-type federated` writes it"
    if not environment.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        yield "the job may not ask for a token: give it `permissions: id-token: write`"


def subject_of(token: str) -> str:
    """Returns the subject of a token of GitHub. Its signature is for Azure to check."""
    body = token.split(".")[1]
    claims: dict[str, str] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims["sub"]


def explained(error: str, subject: str, client: str) -> str:
    """Returns what Azure's refusal means, and what to do about it."""
    if "AADSTS70021" in error:
        repository, _, environment = subject.removeprefix("repo:").partition(":environment:")
        return (
            f"nobody with the subject {subject} may sign in as {client}:"
            f" python -m infra.github.federate {repository} {environment} {client}"
        )
    if "AADSTS700016" in error:
        return f"there is no application {client} in this tenant: compare AZURE_CLIENT_ID and AZURE_TENANT_ID"
    return f"Azure refuses to sign in {subject} as {client}: {error[:300]}"


def problems(environment: Mapping[str, str], login: str = LOGIN) -> Iterator[str]:
    """Yields what is wrong: what is not set, or else why Azure does not take the token of this job."""
    if found := list(missing(environment)):
        yield from found
        return
    url = f"{environment['ACTIONS_ID_TOKEN_REQUEST_URL']}&{urlencode({'audience': AUDIENCE})}"
    bearer = {"Authorization": f"Bearer {environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    with urlopen(Request(url, headers=bearer)) as answer:  # noqa: S310 - GitHub's own address
        token: str = json.load(answer)["value"]
    form = {
        "client_id": environment["AZURE_CLIENT_ID"],
        "client_assertion": token,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "grant_type": "client_credentials",
        "scope": "https://management.azure.com/.default",
    }
    asked = f"{login}/{environment['AZURE_TENANT_ID']}/oauth2/v2.0/token"
    try:
        with urlopen(Request(asked, urlencode(form).encode())):  # noqa: S310 - Azure's own address
            return
    except HTTPError as error:
        said = error.read().decode(errors="replace")
        yield explained(said, subject_of(token), environment["AZURE_CLIENT_ID"])


if __name__ == "__main__":
    wrong = list(problems(os.environ))
    for sentence in wrong:
        print(f"::error::{sentence}")
    sys.exit(1 if wrong else 0)
