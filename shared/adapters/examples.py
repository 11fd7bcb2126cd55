"""Examples of commands that `make spec` has taken from the specs, because no other would be accepted."""

import json
from importlib.resources import files
from typing import Any, Final

from shared.kernel.messages.message import Command, type_name

FILE: Final = "examples.json"
BUSINESSES: Final = "shared.domain."


def example_of(category: str, command: type[Command]) -> Any:  # noqa: ANN401 - JSON
    """Returns the body of a command of a category as a spec sends it; None where none was taken."""
    module = command.__module__
    if not module.startswith(BUSINESSES):
        return None
    folder, _, _ = module.removeprefix(BUSINESSES).partition(".")
    file = files(BUSINESSES + folder) / FILE
    taken = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return taken.get(category, {}).get(type_name(command))
