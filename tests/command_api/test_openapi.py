"""The document says what the functions do: its paths are their routes, its examples are commands."""

import re
from html.parser import HTMLParser
from typing import Any

import azure.functions as func
import pytest

from command_api.blueprint import blueprint
from command_api.openapi import document, page
from command_api.openapi.operations import example
from infra.local.examples import examples
from shared.domain.shop import domain
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command

DOCUMENT = document(domain)
COMMANDS = [command for category in domain.categories for command in category.commands]


def routes() -> set[str]:
    """The routes of the functions that are not for operators, each with its method."""
    found = set()
    for builder in blueprint._function_builders:
        trigger: Any = builder._function.get_trigger()
        [method] = trigger.methods
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
    own = {"get /api/openapi.json", "get /api/docs"}
    assert set.union(*matched.values()) == routes() - own


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_example_is_a_command(command: type[Command]) -> None:
    assert read(command, example(command))


def test_what_to_try_first_is_read_from_the_document_alone() -> None:
    item = "http://here/api/item/SKU1"

    assert examples(DOCUMENT, "http://here") == [
        f"""curl -i {item}/register-item --json '{{"name": "Teapot", "reorderPoint": 2}}'""",
        f"""curl -i {item}/receive-stock --json '{{"quantity": 10}}'""",
        "curl http://here/api/views/stock/SKU1",
    ]


@pytest.mark.parametrize(("category", "stream"), [("Item", "item-SKU1"), ("Order", "order-1")])
def test_an_example_of_a_stream_is_that_of_its_category(category: str, stream: str) -> None:
    outcome = DOCUMENT["components"]["schemas"][f"{category}Outcome"]

    assert outcome["properties"]["stream"]["examples"] == [stream]


def test_every_reference_leads_somewhere() -> None:
    names = set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT)))

    assert names <= DOCUMENT["components"]["schemas"].keys()


def test_the_page_shows_every_operation_and_asks_nothing_of_the_internet() -> None:
    shown = page(DOCUMENT)

    found: list[str] = []

    class Addresses(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value or "" for name, value in attrs if name in {"href", "src"})
            assert tag != "script"

    Addresses().feed(shown)
    assert all(address.startswith(("#", "openapi.json")) for address in found)
    assert all(path in shown for path in DOCUMENT["paths"])
