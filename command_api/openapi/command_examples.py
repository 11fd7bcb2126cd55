"""The example of a command, as clients are shown it: that of a spec, or one made of its type."""

from typing import Any

from command_api.openapi.example_values import sample
from command_api.openapi.models import Models
from shared.adapters.examples import example_of
from shared.kernel.commands.category import Category
from shared.kernel.messages.message import Command


def example(category: Category, command: type[Command], models: Models) -> Any:  # noqa: ANN401 - JSON
    """Returns the body of a command that a client may send."""
    taken = example_of(category.name, command)
    return sample(models.received(command), models.definitions) if taken is None else taken
