"""Writes what a deployment asks of Azure as ARM templates: for reading, and for what checks policies."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from infra.bicep.deployment import Deployment
from infra.bicep.resources import Resource

INFRA: Final = Path(__file__).parent.parent
SOME: Final[dict[str, Any]] = {"environmentName": "some", "location": "westeurope"}
CLOSED: Final[dict[str, Any]] = {
    **SOME,
    "split": True,
    "privateNetworking": True,
    "zoneRedundant": True,
    "webhook": {
        "origins": "eventgrid.azure.net",
        "subscriptions": "partners",
        "senders": "carrier = /carriers/fast | com.example.carrier.*",
        "audience": "api://00001111-aaaa-2222-bbbb-3333cccc4444",
        "secretsUri": "https://some.vault.azure.net/secrets/webhook",
    },
}


def template(resources: list[Resource]) -> dict[str, Any]:
    """Make the template; a policy that a resource need not keep stands in its metadata, with the reason."""
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [_written(one) for one in resources],
    }


def _written(resource: Resource) -> dict[str, Any]:
    body = {key: value for key, value in resource.body.items() if key != "dependsOn"}
    skipped = [f"checkov:skip={id_}:{reason}" for id_, reason in resource.skipped.items()]
    metadata = {"metadata": {"checkov": skipped}} if skipped else {}
    kind = {"type": resource.kind, "apiVersion": resource.version}
    return {**kind, **body, "name": resource.name, **metadata}


def main(target: Path) -> None:
    """Write the template of the default deployment, and of the one that is split and closed."""
    target.mkdir(parents=True, exist_ok=True)
    for name, parameters in {"default": SOME, "closed": CLOSED}.items():
        played = Deployment(INFRA / "main.bicep", parameters)
        text = json.dumps(template(played.resources), indent=2)
        (target / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
