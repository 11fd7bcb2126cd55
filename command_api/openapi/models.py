"""The models of a domain as pydantic describes them."""

from collections.abc import Iterator, Mapping
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
    definitions: dict[str, Schema] = found.get("$defs", {})
    for schema in list(_parts(definitions)):
        if isinstance(schema.get("prefixItems"), list):
            # There are no others: `maxItems` says so, and who checks a document asks for `items`.
            schema.setdefault("items", {})
        for target in schema.get("discriminator", {}).get("mapping", {}).values():
            _require(
                definitions[target.rpartition("/")[2]], schema["discriminator"]["propertyName"]
            )
    return Models(refs, definitions)


def _parts(value: Any) -> Iterator[Schema]:  # noqa: ANN401 - JSON
    """Give all objects in a schema."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _parts(inner)


def _require(schema: Schema, name: str) -> None:
    """Say that a member is needed: what tells the kinds of a union apart is, even where it has a default."""
    schema["required"] = [*dict.fromkeys([*schema.get("required", ()), name])]
