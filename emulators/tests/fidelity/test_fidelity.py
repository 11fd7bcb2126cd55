"""The README's tables, the marks in the code and the page that is made of both agree."""

import importlib
import os
import re
from itertools import chain
from typing import Any

import pytest

from emulators.tests.fidelity.code import guesses, refusals
from emulators.tests.fidelity.page import PAGE, page
from emulators.tests.fidelity.tables import EMULATORS, SERVICES, Answer, answers, rows

TESTS = EMULATORS / "tests"
NUMBERS = [answer for answer in answers() if answer.value]


def test_the_page_of_differences_is_what_code_and_tables_say() -> None:
    now = page()
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(now, encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == now, "WRITE_DOCS=1 writes it anew"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_guessed_is_marked_in_the_code(service: str) -> None:
    told = {
        (answer.module, answer.name)
        for answer in answers()
        if answer.service == service and answer.source == "guessed"
    }

    assert guesses(service) == told


@pytest.mark.parametrize("answer", NUMBERS, ids=[f"{one.module}:{one.name}" for one in NUMBERS])
def test_a_known_number_is_that_of_the_code(answer: Answer) -> None:
    value = _named(answer)
    shown = value[0] if isinstance(value, tuple) else value

    assert str(shown) == answer.value.replace(",", "")


def test_every_known_answer_has_a_place_and_a_source() -> None:
    for answer in answers():
        assert _named(answer) is not None
        assert answer.source in {"documented", "measured", "guessed"}, answer.answer
        assert answer.service in SERVICES


def test_every_claim_has_sources_that_are_explained() -> None:
    for service in SERVICES:
        for claim, _, _, source in rows(service):
            words = set(re.findall(r"[a-z]+", source.partition(";")[0]))
            assert words & {"documented", "measured", "guessed"}, claim


def test_what_other_clients_showed_has_a_test_or_a_reason() -> None:
    there = {
        name
        for file in TESTS.rglob("test_*.py")
        for name in (file.name, *re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8")))
    }
    for showed, here, why in rows("What other clients showed"):
        named = re.findall(r"`(test_\w+(?:\.py)?)`", why)
        assert set(named) <= there, showed
        assert named if here == "played" else why, showed
        assert "not played" not in why, f"{showed}: that it differs is no reason"


def test_what_is_refused_is_found_in_the_code() -> None:
    found = set(chain.from_iterable(map(refusals, SERVICES)))

    assert {"patch", "stored procedures", "EXISTS in a query", "vectorEmbeddingPolicy"} <= found
    assert "Idempotent producers are not supported." in found
    assert "channels of partner topics (aeg-channel-name)" in found


def _named(answer: Answer) -> Any:
    module = answer.module.removesuffix(".py").replace("/", ".")
    return getattr(importlib.import_module(f"emulators.{module}"), answer.name)
