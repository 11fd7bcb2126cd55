"""The business stays in its folder: no other folder of the product and no page says what it sells, or to whom."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from infra.local.stack import ROOT
from shared.domain.shop import domain
from shared.kernel.messages.message import Message

FOLDERS = ("command_api", "single_publisher", "consumers", "shared", "infra", "emulators")
OF_THE_SHOP = (ROOT / "shared" / "domain", ROOT / "infra" / "local" / "shop")
DOCS = ROOT / "docs"
PAGES_OF_THE_SHOP = {
    ROOT / "README.md": "runs it, and follows one of its commands",
    ROOT / "CHANGELOG.md": "says how it came about",
    DOCS / "planted-bugs.md": "is made of bugs, some of them in it",
    DOCS / "vocabulary.md": "says where it uses each word",
}
BUSINESSES = [DOCS / one.name for one in (ROOT / "shared" / "domain").iterdir() if one.is_dir()]
"""Where each business speaks of itself."""
PAGES = {
    page
    for page in {*ROOT.glob("*.md"), *DOCS.rglob("*.md")} - PAGES_OF_THE_SHOP.keys()
    if not any(page.is_relative_to(folder) for folder in BUSINESSES)
}
FILES = [
    file
    for file in [
        *(ROOT / "function_app.py", *sorted(PAGES)),
        *(f for at in FOLDERS for f in (ROOT / at).rglob("*")),
    ]
    if file.suffix in {".py", ".md", ".json", ".bicep", ".toml", ".http"}
    and not any(file.is_relative_to(folder) for folder in OF_THE_SHOP)
]

ENGLISH = {
    *(
        "adjust",
        "arrived",
        "available",
        "cancel",
        "cancelled",
        "change",
        "changed",
        "confirmed",
        "conflict",
    ),
    *(
        "decline",
        "declined",
        "delivery",
        "dispatch",
        "dispatched",
        "ended",
        "expire",
        "expiry",
        "for",
        "id",
    ),
    *(
        "last",
        "late",
        "level",
        "lines",
        "link",
        "low",
        "name",
        "place",
        "placed",
        "point",
        "ran",
        "reason",
    ),
    *("receive", "received", "record", "recorded", "register", "registered", "reject", "rejected"),
    *("release", "released", "reorder", "request", "requested", "requests", "reserved", "shipped"),
    *("status", "summary", "to"),
}
"""Words of the shop that mean something of their own where nothing is sold."""

OF_OTHERS = {"item": "what Cosmos DB stores", "order": "what comes after what"}
"""Nouns of the shop that are nouns of the machinery too: only what is said of the shop's is found."""

AZURE = re.compile(r"^\s*sku: \{|\bsku\.capacity\b|\[0\]\.customerId\b")
"""What Azure calls the size of a resource, and the owner of a workspace."""

LINK = re.compile(r"(?:\[test_\w+\])?\]?\([^)\s]*/[^)\s]*\)")
"""Where a link of a page leads, and the test that it names."""


def names() -> Iterator[str]:
    """Everything that the shop has a name for."""
    for category in domain.categories:
        yield category.name
        for message in (*category.commands, *category.process_commands, *category.events):
            yield from named(message)
    for view in domain.views:
        yield view.name
        yield from named(view.data_type)
    for enricher in domain.enrichers:
        yield from named(enricher.public)
    for receptor in domain.inbound:
        yield receptor.name
        yield from named(receptor.data)
    for one in (*domain.reactions, *domain.deadlines):
        yield one.name


def named(message: type[Message]) -> Iterable[str]:
    return (message.__name__, *message.model_fields)


def words(text: str) -> list[str]:
    """Take text and names apart: `reorderPoint`, `receive-stock` and `SKU1` are of several words."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)]


WORDS = {word for name in names() for word in words(name)} - ENGLISH - OF_OTHERS.keys()
SAID_OF_THE_SHOP = re.compile(
    r"(?<!-)\b(item|order)-(?!by\b)[\w{]|/(item|order)\b|\borders\b|\b[Aa]n order\b(?! by\b)|\bOrder(?!By)[A-Z]"
)


def betrayed(line: str) -> set[str]:
    """Name the words of a line that are the shop's."""
    said = AZURE.sub("", line.replace("sort orders", ""))
    found = {word for word in words(said) if {word, word.removesuffix("s")} & WORDS}
    return found | {match[0] for match in SAID_OF_THE_SHOP.finditer(said)}


def lines(file: Path) -> Iterator[tuple[int, str]]:
    """Number the lines that may not speak of the shop: in a page, all but those of a section that is about it."""
    page, its_own = file.suffix == ".md", False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if page and line.startswith("## "):
            its_own = line.endswith("the shop")
        if not its_own:
            yield number, LINK.sub("", line) if page else line


def test_the_words_of_the_shop_are_found_wherever_they_stand() -> None:
    assert {"sku", "stock", "customer", "reservation", "replenishment", "shortage"} <= WORDS
    for line in (
        *('"item-SKU1"', "POST /api/item/7", "# An order asks", "which orders wait", "OrderPlaced"),
        *("reorderPoint and its quantity", "the reservations of a line", "receive-stock"),
    ):
        assert betrayed(line), line
    for line in (
        "ORDER BY c.version",
        "in the order of the flow",
        "an item of the store",
        "OrderBy",
    ):
        assert not betrayed(line), line


def test_a_page_may_speak_of_the_shop_where_it_says_so_and_link_to_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "[test_of_stock](../tests/stock.py)\n## In the shop\nstock\n## Elsewhere\nstock\n",
        encoding="utf-8",
    )

    assert [number for number, line in lines(page) if betrayed(line)] == [5]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(Path(file).relative_to(ROOT)))
def test_no_file_of_the_machinery_speaks_of_the_shop(file: Path) -> None:
    found = {number: betrayed(line) for number, line in lines(file) if betrayed(line)}

    assert found == {}
