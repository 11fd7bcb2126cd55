"""`python -m infra.github.federate OWNER/REPOSITORY ENVIRONMENT …`: lets jobs of an environment of GitHub sign in.

A job with `environment:` shows the subject `repo:O/R:environment:NAME`. `azd pipeline config` makes credentials
for branches and pull requests only, which such a job never shows.
"""

import argparse
import json
import re
import sys
from typing import Any, Final

from infra.hooks.azure import az

ISSUER: Final = "https://token.actions.githubusercontent.com"
AUDIENCE: Final = "api://AzureADTokenExchange"


def subject(repository: str, environment: str) -> str:
    """Returns the subject that a job of an environment shows."""
    return f"repo:{repository}:environment:{environment}"


def command(client: str, identity: dict[str, str] | None, wanted: str) -> list[str]:
    """Returns the command that adds the credential, to an app registration or to a managed identity."""
    name = re.sub(r"[^A-Za-z0-9-]+", "-", wanted)[:120]
    if identity is not None:
        return [
            *("identity", "federated-credential", "create", "--name", name),
            *("--identity-name", identity["name"], "--resource-group", identity["resourceGroup"]),
            *("--issuer", ISSUER, "--subject", wanted, "--audiences", AUDIENCE),
        ]
    given = {"name": name, "issuer": ISSUER, "subject": wanted, "audiences": [AUDIENCE]}
    return [
        "ad",
        "app",
        "federated-credential",
        "create",
        "--id",
        client,
        "--parameters",
        json.dumps(given),
    ]


def main(repository: str, environment: str, client: str) -> int:
    """Adds the credential unless it is there."""
    wanted = subject(repository, environment)
    found: list[dict[str, Any]] = [
        one for one in az("identity", "list") if one["clientId"] == client
    ]
    identity = found[0] if found else None
    listed = (
        az(
            *("identity", "federated-credential", "list", "--identity-name", identity["name"]),
            *("--resource-group", identity["resourceGroup"]),
        )
        if identity
        else az("ad", "app", "federated-credential", "list", "--id", client)
    )
    if any(one["subject"] == wanted for one in listed):
        print(f"{wanted} may sign in already")
        return 0
    az(*command(client, identity, wanted))
    print(f"{wanted} may sign in now")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m infra.github.federate", description=__doc__)
    parser.add_argument("repository")
    parser.add_argument("environment")
    parser.add_argument(
        "client", help="AZURE_CLIENT_ID: of an app registration, or of a managed identity"
    )
    given = parser.parse_args()
    sys.exit(main(given.repository, given.environment, given.client))
