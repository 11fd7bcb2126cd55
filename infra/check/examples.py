"""Finds examples of commands, as OpenAPI and `make run` show them, that the commands themselves do not take."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import to_json

from command_api.openapi.command_examples import example
from command_api.openapi.models import described
from shared.kernel.domain import Domain
from shared.kernel.messages.json_reading import read_text
from shared.kernel.messages.message import type_name
from shared.kernel.validation_faults import faults


def refused_examples(domain: Domain) -> Iterator[str]:
    """Yields a sentence for each field whose example its own type refuses."""
    models = described(domain)
    for category in domain.categories:
        for command in category.commands:
            shown = to_json(example(category, command, models))
            try:
                read_text(command, shown, by_name=False)
            except ValidationError as error:
                for place, what in faults(error):
                    yield (
                        f"category '{category.name}', {type_name(command)}: its example, as clients are shown it,"
                        f" is refused at {place or '/'}: {what} Run make spec, which takes one from a spec that is"
                        " accepted, or give that field one, as in Field(examples=[...])"
                    )
