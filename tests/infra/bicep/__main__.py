"""`templates FOLDER` writes ARM templates to check policies in; `compiled FOLDER` asks the official compiler."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from tests.infra.bicep import compiler
from tests.infra.bicep.deployment import Deployment
from tests.infra.bicep.parameters import CLOSED, FRONTED_SPLIT, SOME, every
from tests.infra.bicep.resources import Resource

# checkov takes the settings of sign-in for those of a web app, which have the same type.
FRONTED: Final = {name: value for name, value in FRONTED_SPLIT.items() if name != "signIn"}
CHECKED: Final = {"default": SOME, "closed": CLOSED, "fronted": FRONTED}


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


def templates(target: Path) -> int:
    """Write the template of the default deployment, of the closed one, and of the one behind a Front Door."""
    target.mkdir(parents=True, exist_ok=True)
    for name, parameters in CHECKED.items():
        played = Deployment(compiler.MAIN, parameters)
        text = json.dumps(template(played.resources), indent=2)
        (target / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return 0


def compiled(target: Path) -> int:
    """Build and lint, and compare what the compiler predicts of every deployment with what is played here."""
    compiler.build()
    deployments = every()
    found = list(compiler.differences(target, deployments))
    for name, id_ in found:
        print(f"{name}: compiler and interpreter disagree about {id_}")
    print(f"{len(deployments)} deployments compared, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.infra.bicep", description=__doc__)
    parser.add_argument("command", choices=["templates", "compiled"])
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    sys.exit({"templates": templates, "compiled": compiled}[given.command](given.folder))
