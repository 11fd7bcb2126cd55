"""The models of a domain as pydantic describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared.kernel.domain import Domain
from shared.kernel.messages.message import Message

type Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Models:
    """The messages and rows of a domain: what each is called in the document, and all that they refer to.

    Two that have one name get longer ones (pydantic's), and so do the two forms of one that is read otherwise than
    it is shown.
    """

    refs: Mapping[tuple[Any, JsonSchemaMode], Schema]
    definitions: dict[str, Schema]

    def received(self, model: type[Message]) -> Schema:
        """Refer to a message as clients send it."""
        return self.refs[model, "validation"]

    def shown(self, model: type[Message]) -> Schema:
        """Refer to a message as clients see it."""
        return self.refs[model, "serialization"]


def described(domain: Domain) -> Models:
    """Describe the messages and rows that a client sends or sees."""
    messages: list[tuple[Any, JsonSchemaMode]] = [
        *(
            (command, "validation")
            for category in domain.categories
            for command in category.commands
        ),
        *((event, "serialization") for category in domain.categories for event in category.events),
        *((view.data_type, "serialization") for view in domain.views),
    ]
    refs, found = models_json_schema(
        messages, by_alias=True, ref_template="#/components/schemas/{model}"
    )
    return Models(refs, found.get("$defs", {}))
