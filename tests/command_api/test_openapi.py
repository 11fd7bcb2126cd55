"""The document says what the functions do: its paths are their routes, its examples are commands."""

import re
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from command_api.blueprint import blueprint
from command_api.openapi import document
from infra.local.examples import examples
from shared.domain.shop import domain
from shared.kernel.commands.category import Category
from shared.kernel.domain import About, Domain
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command, route_name
from tests.command_api import namesakes

DOCUMENT, NAMESAKES = document(domain), document(namesakes.domain)
DOCUMENTS = pytest.mark.parametrize("described", [DOCUMENT, NAMESAKES], ids=["shop", "namesakes"])


def commands(of: Domain) -> list[tuple[Category, type[Command]]]:
    return [(category, command) for category in of.categories for command in category.commands]


def operation(described: dict[str, Any], category: Category, command: type[Command]) -> Any:
    return described["paths"][f"/api/{category.name}/{{id}}/{route_name(command)}"]["post"]


def body(operation: Any) -> Any:
    return operation["requestBody"]["content"]["application/json"]


def routes() -> set[str]:
    """The routes of the functions that are not for operators, each with its method."""
    found = set()
    for builder in blueprint._function_builders:
        trigger: Any = builder._function.get_trigger()
        # Whoever has GET may use HEAD, and need not be told so.
        [method] = set(trigger.methods) - {func.HttpMethod.HEAD}
        if trigger.auth_level is not func.AuthLevel.ADMIN:
            found.add(f"{method.value.lower()} /api/{trigger.route}")
    return found


def test_every_path_is_a_route_and_every_route_but_the_documents_own_is_described() -> None:
    patterns = {
        route: re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route))) for route in routes()
    }
    described = {
        f"{method} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods
    }

    matched = {
        one: {route for route, pattern in patterns.items() if pattern.fullmatch(one)}
        for one in described
    }
    assert all(matched.values())
    pages = {f"get /api/{page}{file}" for page in ("docs", "console") for file in ("", "/{file}")}
    own = {"get /api/openapi.json", *pages}
    assert set.union(*matched.values()) == routes() - own


@pytest.mark.parametrize("of", [domain, namesakes.domain], ids=["shop", "namesakes"])
def test_every_example_is_a_command(of: Domain) -> None:
    described = document(of)

    for category, command in commands(of):
        shown = body(operation(described, category, command))["example"]
        assert read(command, shown), command


def test_an_example_of_a_whole_command_is_shown_as_it_is() -> None:
    [_, note, *_] = commands(namesakes.domain)

    assert body(operation(NAMESAKES, *note))["example"] == {"text": "As they say."}


@DOCUMENTS
def test_no_two_operations_have_one_id(described: dict[str, Any]) -> None:
    ids = [
        operation["operationId"]
        for methods in described["paths"].values()
        for operation in methods.values()
    ]

    assert len(ids) == len(set(ids))


def test_messages_of_one_name_are_described_each_for_itself() -> None:
    first, second = (
        body(operation(NAMESAKES, *one))["schema"]["$ref"]
        for one in commands(namesakes.domain)
        if one[1].__name__ == "Open"
    )

    assert first != second


def test_a_command_is_described_in_its_own_words() -> None:
    opens = operation(NAMESAKES, *commands(namesakes.domain)[0])

    assert (opens["summary"], opens["description"]) == ("Opens it.", "What was open stays open.")


def test_the_document_says_whose_it_is() -> None:
    about = About("Ours", "7", "All of it.", "Us", "Apache-2.0")

    assert document(replace(domain, about=about))["info"] == {
        "title": "Ours",
        "version": "7",
        "description": "All of it.",
        "contact": {"name": "Us"},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }


def test_what_to_try_first_is_read_from_the_document_alone() -> None:
    item = "http://here/api/item/SKU1"

    assert examples(DOCUMENT, "http://here") == [
        f"""curl -i {item}/register-item --json '{{"name": "Teapot", "reorderPoint": 2}}'""",
        f"""curl -i {item}/receive-stock --json '{{"quantity": 10}}'""",
        "curl http://here/api/views/stock/SKU1",
        "curl http://here/api/feeds/shop",
    ]


def test_what_not_everybody_may_is_tried_as_somebody() -> None:
    item, *others = domain.categories
    asking = replace(item, allow=lambda _actor, _command, _state: False)
    described = document(replace(domain, categories=(asking, *others)))

    register, receive, view, _feed, who = examples(described, "http://here")

    for line in (register, receive):
        assert line.startswith("curl -i -H 'X-Local-Actor: somebody' http://here/api/item/SKU1/")
    assert view == "curl http://here/api/views/stock/SKU1"
    assert who.startswith("# In place of somebody, name one")


@pytest.mark.parametrize(("category", "stream"), [("item", "item-SKU1"), ("order", "order-1")])
def test_an_example_of_a_stream_is_that_of_its_category(category: str, stream: str) -> None:
    outcome = DOCUMENT["components"]["schemas"][f"{category}.Outcome"]

    assert outcome["properties"]["stream"]["examples"] == [stream]


@DOCUMENTS
def test_every_reference_leads_somewhere_and_to_every_schema(described: dict[str, Any]) -> None:
    names = set(re.findall(r"#/components/schemas/([\w.-]+)", str(described)))

    assert names == described["components"]["schemas"].keys()
