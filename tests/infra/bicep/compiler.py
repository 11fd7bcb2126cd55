"""The official compiler, where it is installed: it builds and lints, and predicts what is played here."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from infra.local.stack import ROOT
from tests.infra.bicep.deployment import Deployment
from tests.infra.bicep.functions import SUBSCRIPTION, TENANT
from tests.infra.bicep.snapshots import Predicted, predicted, recorded

MAIN: Final = ROOT / "infra" / "main.bicep"
SUBSCRIPTIONS: Final = ROOT / "infra" / "event-subscriptions.bicep"


def build() -> None:
    """Compiles and lints everything; raises CalledProcessError at an error."""
    for path in (MAIN, SUBSCRIPTIONS):
        _bicep("build", str(path), "--stdout")
        _bicep("lint", str(path))


def differences(
    folder: Path, deployments: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Yields each deployment and the id of a resource for which compiler and interpreter disagree."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, parameters in deployments.items():
        file = folder / f"{name}.bicepparam"
        file.write_text(parameters_file(parameters), encoding="utf-8")
        _bicep(
            *("snapshot", str(file), "--mode", "overwrite", "--location", parameters["location"]),
            *("--subscription-id", SUBSCRIPTION.rpartition("/")[2], "--tenant-id", TENANT),
        )
        written = file.with_suffix(".snapshot.json").read_text(encoding="utf-8")
        played = predicted(Deployment(MAIN, dict(parameters)).resources)
        for id_ in different(played, recorded(json.loads(written))):
            yield name, id_


def different(ours: Predicted, theirs: Predicted) -> list[str]:
    """Returns the ids of the resources that only one of two has, or that are not the same in both."""
    return [id_ for id_ in {**ours, **theirs} if ours.get(id_) != theirs.get(id_)]


def parameters_file(parameters: Mapping[str, Any]) -> str:
    """Returns a file of parameters for main.bicep."""
    lines = [f"param {name} = {literal(value)}" for name, value in parameters.items()]
    return "\n".join([f"using '{MAIN.as_posix()}'", *lines, ""])


def literal(value: Any) -> str:
    """Returns a value as Bicep writes it."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
        return f"'{escaped}'"
    if isinstance(value, dict):
        return "\n".join(
            ["{", *(f"{literal(key)}: {literal(one)}" for key, one in value.items()), "}"]
        )
    return json.dumps(value)


def _bicep(*arguments: str) -> None:
    subprocess.run(["bicep", *arguments], check=True, stdout=subprocess.DEVNULL)
