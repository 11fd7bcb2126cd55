"""The vocabulary: what it links is there, defines what is named, and is what the word says."""

import ast
import importlib
import re
from typing import Any

import pytest

from infra.local.stack import ROOT

PAGE = ROOT / "docs" / "vocabulary.md"


def rows_of(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line.startswith("| ") and not line.startswith(("| word ", "| --- "))
    ]


BLOCKS, REST = map(rows_of, PAGE.read_text(encoding="utf-8").split("## Everything else"))
ROWS = BLOCKS + REST
LINK = re.compile(r"\[([`\"])(.+?)\1\]\(\.\./([\w./-]+)\)")
LINKS = sorted({(name, file) for row in ROWS for _, name, file in LINK.findall(" ".join(row))})

ESSAY = {
    ("application service", "command → unit"),
    ("application service", "command → event"),
    ("enricher", "event → event"),
    ("policy", "event → event"),
    ("receptor", "event → command"),
    ("dispatcher", "command →"),
    ("event processor", "event →"),
    ("lock", "one command at a time"),
    ("deadline", "time → command"),
    ("spec", "given event"),
}
"""What the text that this system implements names, and each formula."""

WORDS = {
    "command": "a request, imperative, one target, may be refused",
    "event": "a fact, past tense, immutable, broadcast",
    "stream": "the events of one thing",
    "version": "place in a stream, 1…n",
    "position": "place in a feed or in a partition of the log",
    "decider": "command, state → event",
    "refusal": "a value",
    "application service": "command → unit",
    "dispatcher": "command → its one handler",
    "event processor": "event → its handlers",
    "commit": "what one command wrote: its events, its command id, its metadata",
    "envelope": "an event on the wire: a CloudEvent 1.0",
    "single publisher": "the only writer from store to log",
    "projection": "runs a view over the log",
    "view": "the read model",
    "row": "what one stream contributes to one key of a view, with the version it has seen",
    "enricher": "event, with more data",
    "policy": "event → event, a new fact",
    "receptor": "event → command",
    "notification": "a public event on Event Grid: says that something happened; order is not promised",
    "command batcher": "in one process: commands that wait for one stream",
    "mailbox": "the durable inbox of every stream, handled one command at a time",
    "sweep": "the slow check behind the publisher that proves delivery and mends it",
    "parked": "a stream held back for one consumer, from the event that failed, with the error",
    "spec": "when command, then event",
}
"""What the design says each word means, or the part of it that nobody may turn round."""

OF_THE_DOMAIN = {"Command", "Event", "View", "Category", "Domain"}
OF_THE_DOMAIN |= {"Enricher", "Policy", "Receptor", "InboundReceptor", "Deadline"}
"""Classes of the kernel of which the domain makes its own."""


@pytest.mark.parametrize(("name", "file"), LINKS)
def test_what_is_linked_defines_what_is_named(name: str, file: str) -> None:
    assert name in defined(file)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1][:30]}")
def test_every_word_has_a_definition_a_use_and_a_proof(row: list[str]) -> None:
    word, _, kernel, domain, proof = row

    assert LINK.search(kernel), word
    assert "(../shared/domain/" in domain or "(../tests/specs/" in domain or domain.startswith("-,")
    assert re.search(r"\(\.\./tests/\S+\.py\)", proof), word


def test_the_essay_is_in_it_with_its_formulas_and_used_by_the_domain() -> None:
    for word, formula in ESSAY:
        found = [row for row in ROWS if row[0] == word and formula in row[1]]
        assert found, f"{word}: {formula}"
        assert LINK.search(found[0][3]), f"the domain does not use {word}"


def test_every_building_block_has_a_spec() -> None:
    assert {row[0] for row in BLOCKS} >= {word for word, _ in ESSAY}
    for row in BLOCKS:
        # A spec has one client, and what a lock keeps apart is two.
        assert row[0] == "lock" or "(../tests/specs/" in row[4], row[0]


@pytest.mark.parametrize(("word", "meaning"), WORDS.items())
def test_a_word_means_what_the_design_says(word: str, meaning: str) -> None:
    assert any(row[0] == word and meaning in row[1] for row in ROWS)


@pytest.mark.parametrize("kernel", sorted(OF_THE_DOMAIN))
def test_what_the_domain_is_said_to_use_is_of_that_kind(kernel: str) -> None:
    rows = [row for row in ROWS if f"[`{kernel}`]" in row[2]]

    assert rows
    for row in rows:
        _, block, block_file = LINK.findall(row[2])[0]
        for _, name, file in LINK.findall(row[3])[:1]:
            assert is_of_kind(found_in(file, name), found_in(block_file, block))


def defined(file: str) -> set[str]:
    """Name what a module defines, at any depth; titles of specs are what it says."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                names.add(name)
            case ast.AsyncFunctionDef(name=name) | ast.TypeAlias(name=ast.Name(id=name)):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Call(args=[ast.Constant(value=str(title)), *_]):
                names.add(title)
    return names


def found_in(file: str, name: str) -> Any:
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return getattr(importlib.import_module(module), name)


def is_of_kind(value: Any, kind: type) -> bool:
    if isinstance(value, tuple):
        return all(is_of_kind(one, kind) for one in value)
    return isinstance(value, kind) or (isinstance(value, type) and issubclass(value, kind))
