"""The public contract is documented as it is, and changes only in ways that others need not notice."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from infra.local.stack import ROOT
from shared.domain import domain
from shared.kernel.notification import cloud_event, public_type
from tests.notifications.compatibility import incompatibilities
from tests.notifications.page import AnEnricher, example_of, page, schema_of, shown

PAGE = ROOT / "docs" / "notifications.md"
SCHEMAS = ROOT / "docs" / "notifications"
SAMPLES: dict[str, Any] = json.loads(
    (ROOT / "tests" / "kernel" / "shipped.json").read_text(encoding="utf-8")
)["events"]


def name_of(enricher: AnEnricher) -> str:
    return public_type(enricher.category.name, enricher.public)


def file_of(enricher: AnEnricher) -> Path:
    return SCHEMAS / f"{name_of(enricher)}.json"


@pytest.mark.parametrize("enricher", domain.enrichers, ids=name_of)
def test_a_public_event_changes_only_in_ways_that_others_need_not_notice(
    enricher: AnEnricher,
) -> None:
    now, file = schema_of(enricher), file_of(enricher)
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        assert incompatibilities(before, now) == [], (
            "others rely on this: give the public event a new schema_number"
        )
    # Only behind the check: what is written is what others rely on from then on.
    if "WRITE_DOCS" in os.environ:
        file.write_text(shown(now), encoding="utf-8")

    assert file.exists(), "WRITE_DOCS=1 writes the schema of a new public event"
    assert file.read_text(encoding="utf-8") == shown(now), "WRITE_DOCS=1 writes it anew"


def test_what_was_ever_told_is_told_still_or_in_a_newer_version() -> None:
    told = {name_of(enricher) for enricher in domain.enrichers}
    newest = {name.rpartition(".v")[0]: int(name.rpartition(".v")[2]) for name in sorted(told)}

    for file in SCHEMAS.glob("*.json"):
        what, _, version = file.stem.rpartition(".v")
        assert newest.get(what, 0) >= int(version), f"nobody is told of {file.stem} any more"


def test_the_page_that_others_read_is_current() -> None:
    now = page(domain, SAMPLES)
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(now, encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == now, "WRITE_DOCS=1 writes it anew"


@pytest.mark.parametrize("enricher", domain.enrichers, ids=name_of)
def test_an_example_is_what_its_type_says_and_nothing_more(enricher: AnEnricher) -> None:
    told = cloud_event(example_of(enricher, SAMPLES))
    public: type[BaseModel] = enricher.public

    assert public.model_validate_json(json.dumps(told["data"]))
    assert told["data"].keys() <= schema_of(enricher)["properties"].keys()
    assert told["data"]["link"].startswith("/api/views/")


def test_ids_follow_from_the_event_and_the_type() -> None:
    confirmed = example_of(domain.enrichers[0], SAMPLES)

    assert confirmed.type == "onewrite.order.confirmed.v1"
    assert confirmed.id == "order-7@4/onewrite.order.confirmed.v1"
