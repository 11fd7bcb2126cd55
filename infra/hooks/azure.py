"""The Azure CLI, as the hooks call it."""

import json
import shutil
import subprocess
from typing import Any


def func(*arguments: str) -> str:
    """Gives what Core Tools print; raises OSError where there are none."""
    command = [shutil.which("func") or "func", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def az(*arguments: str) -> Any:  # noqa: ANN401 - what a command answers is anything that JSON can say
    """Gives what a command answers, None for nothing; raises CalledProcessError when Azure refuses it."""
    # In Windows `az` is a script, which is found by its whole name alone.
    command = [shutil.which("az") or "az", *arguments, "--output", "json"]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(said) if said.strip() else None
