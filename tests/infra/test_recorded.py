"""The interpreter of the Bicep agrees with the official compiler, value by value.

`recorded/source` is the infrastructure of 2026-11-29, `recorded/snapshots` what `bicep snapshot` says (0.49.2).
Both stay as they are: they hold the interpreter, not the infrastructure.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.infra.bicep.deployment import Deployment
from tests.infra.bicep.hashes import guid, unique_string
from tests.infra.bicep.snapshots import Templates, predicted, recorded

RECORDED = Path(__file__).parent / "recorded"
SNAPSHOTS = sorted((RECORDED / "snapshots").glob("*.json"))


def test_there_is_something_to_compare() -> None:
    assert [path.stem for path in SNAPSHOTS] == ["closed", "default", "restored", "stopped"]


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_every_resource_is_what_the_compiler_predicts(path: Path) -> None:
    snapshot: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    played = Deployment(RECORDED / "source" / "infra" / "main.bicep", snapshot["parameters"])
    ours, theirs = predicted(played.resources), recorded(snapshot)

    assert ours.keys() == theirs.keys()
    assert len(ours) == len(snapshot["predictedResources"]) == len(played.resources)
    for id_, one in ours.items():
        assert one == theirs[id_]
    assert played.outputs == Templates().all(snapshot["outputs"])


def test_another_value_would_be_noticed() -> None:
    snapshot = json.loads(SNAPSHOTS[0].read_text(encoding="utf-8"))
    changed = {**snapshot["parameters"], "eventsThroughput": 5000}
    played = Deployment(RECORDED / "source" / "infra" / "main.bicep", changed)
    ours, theirs = predicted(played.resources), recorded(snapshot)

    assert [id_.rpartition("/")[2] for id_ in ours if ours[id_] != theirs[id_]] == ["events"]


@pytest.mark.parametrize(
    ("parts", "made"),
    [
        (
            ["/subscriptions/00000000-0000-0000-0000-000000000000", "some", "westeurope"],
            "lewd2de7ii2uy",
        ),
        (["onewrite"], "yaws"),
    ],
)
def test_a_unique_string_is_that_of_azure(parts: list[str], made: str) -> None:
    assert unique_string(*parts)[: len(made)] == made


def test_a_guid_is_that_of_azure() -> None:
    group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-some"

    assert guid(group, "onewrite") == "2b0ab532-aab8-5df3-a4d4-d7971e52decf"
