"""Writes the configuration of the Event Hubs emulator from the names."""

import json
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
TARGET: Final = Path(__file__).parent / "event-hubs.json"
# The emulator accepts one namespace, by this name.
NAMESPACE: Final = "emulatorNs1"


def configuration(names: dict[str, Any]) -> dict[str, Any]:
    """Make the configuration; `$Default` is there by itself, and must not be named."""
    hubs = [
        {
            "Name": name,
            "PartitionCount": hub["partitions"],
            "ConsumerGroups": [{"Name": group} for group in hub["consumerGroups"]],
        }
        for name, hub in names["hubs"].items()
    ]
    namespace = {"Type": "EventHub", "Name": NAMESPACE, "Entities": hubs}
    return {"UserConfig": {"NamespaceConfig": [namespace], "LoggingConfig": {"Type": "Console"}}}


def text(names: dict[str, Any]) -> str:
    """Give the file as it stands in the repository."""
    return json.dumps(configuration(names), indent=2) + "\n"


if __name__ == "__main__":
    described = json.loads((ROOT / "shared" / "names.json").read_text(encoding="utf-8"))
    TARGET.write_text(text(described), encoding="utf-8")
