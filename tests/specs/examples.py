"""Examples of commands: one is taken from a spec where that of its type would always be refused."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from command_api.openapi.example_values import sample
from command_api.openapi.models import Models, Schema, described
from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Refusal
from shared.kernel.domain import Domain
from shared.kernel.messages.json_reading import read_text
from shared.kernel.messages.message import Command, type_name
from tests.specs.spec import Spec
from tests.specs.ways import decided


def taken_from_specs(domain: Domain, specs: Sequence[Spec]) -> dict[str, dict[str, Any]]:
    """Give the bodies by category and command."""
    models, found = described(domain), dict[str, dict[str, Any]]()
    for category in domain.categories:
        for command in category.commands:
            own = [spec for spec in specs if type(spec.when) is command]
            accepted = [spec.when for spec in own if spec.then and not isinstance(spec.then, str)]
            schema = models.received(command)
            body = sample(schema, models.definitions)
            if accepted and not _by_hand(models, schema) and _refused(category, command, body, own):
                shown = accepted[0].model_dump(mode="json", by_alias=True)
                found.setdefault(category.name, {})[type_name(command)] = shown
    return found


def text_of(examples: dict[str, dict[str, Any]]) -> str:
    """Write examples as JSON, and nothing where there are none."""
    return json.dumps(examples, indent=2) + "\n" if examples else ""


def _by_hand(models: Models, schema: Schema) -> bool:
    """Tell whether each field of a command has an example of its own: whoever gave them wants them shown."""
    fields = models.definitions[schema["$ref"].rpartition("/")[2]].get("properties", {})
    return bool(fields) and all("examples" in field for field in fields.values())


def _refused(category: Category, command: type[Command], body: Any, specs: Sequence[Spec]) -> bool:
    """Tell whether a body is no such command, or is refused behind whatever is given, as whoever asks there."""
    try:
        asked = read_text(command, to_json(body), by_name=False)
    except ValidationError:
        return True
    tried = (replace(spec, when=asked) for spec in specs)
    return all(isinstance(decided(one, category), Refusal) for one in tried)
