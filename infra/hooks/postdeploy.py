"""Now that the code runs: subscribes webhooks (ONEWRITE_SUBSCRIBERS, or infra/webhooks.json), and tries rights."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from infra.hooks import rights
from infra.hooks.azure import az as azure

FILE: Final = Path("infra") / "webhooks.json"


def named() -> str | None:
    """Give the webhooks by name, as JSON; None where nobody is to be told."""
    said = os.environ.get("ONEWRITE_SUBSCRIBERS")
    if not said and FILE.is_file():
        return FILE.read_text(encoding="utf-8")
    return said or None


def subscribe(webhooks: Path) -> None:
    """Deploy the subscriptions; raises CalledProcessError when Azure refuses them."""
    # In Windows `az` is a script, which is found by its whole name alone.
    az = shutil.which("az") or "az"
    deployment = {
        "--name": "event-subscriptions",
        "--subscription": os.environ["AZURE_SUBSCRIPTION_ID"],
        "--resource-group": os.environ["AZURE_RESOURCE_GROUP"],
        "--template-file": "infra/event-subscriptions.bicep",
    }
    parameters = [
        f"topicName={os.environ['ONEWRITE_TOPIC']}",
        f"deadLetterAccountName={os.environ['ONEWRITE_DEAD_LETTER_ACCOUNT']}",
        f"deadLetterContainer={os.environ['ONEWRITE_DEAD_LETTER_CONTAINER']}",
        f"webhooks=@{webhooks}",
    ]
    options = [part for option in deployment.items() for part in option]
    command = [az, "deployment", "group", "create", *options, "--parameters", *parameters]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    if (webhooks := named()) is None:
        print(f"neither ONEWRITE_SUBSCRIBERS nor {FILE}: nobody is subscribed to the notifications")
    else:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "webhooks.json"
            path.write_text(webhooks, encoding="utf-8")
            subscribe(path)
    if apps := os.environ.get("ONEWRITE_APPS"):
        group = os.environ["AZURE_RESOURCE_GROUP"]
        for said in rights.tried(json.loads(apps), group, azure, rights.ask, time.sleep):
            print(said)
