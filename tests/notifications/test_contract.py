"""The public contract is documented as it is, and changes only in ways that others need not notice."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from infra.local.stack import ROOT
from shared.domain.shop import domain as shop
from shared.kernel.messages.notification import CloudEvent, cloud_event
from tests.active import DOCS, domain
from tests.notifications.compatibility import incompatibilities
from tests.notifications.page import (
    AnEnricher,
    example_of,
    page,
    schema_of,
    schema_of_envelope,
    shown,
)
from tests.specs.all import TOLD
from tests.specs.shop import TOLD as TOLD_BY_THE_SHOP

PAGE = DOCS / "notifications.md"
SCHEMAS = DOCS / "notifications"
ENVELOPE = ROOT / "docs" / "notifications" / "envelope.json"


def name_of(enricher: AnEnricher) -> str:
    return domain.public_type(enricher)


def file_of(enricher: AnEnricher) -> Path:
    return SCHEMAS / f"{name_of(enricher)}.json"


@pytest.mark.parametrize("enricher", domain.enrichers, ids=name_of)
def test_a_public_event_changes_only_in_ways_that_others_need_not_notice(
    enricher: AnEnricher,
) -> None:
    check(file_of(enricher), schema_of(enricher), "give the public event a new schema_number")


def test_the_envelope_changes_only_in_ways_that_others_need_not_notice() -> None:
    check(ENVELOPE, schema_of_envelope(), "an attribute stays, and stays what it is")


def check(file: Path, now: Mapping[str, Any], advice: str) -> None:
    """Compare a schema with the one that others know."""
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        assert incompatibilities(before, now) == [], f"others rely on this: {advice}"
    # Only behind the check: what is written is what others rely on from then on.
    if "WRITE_DOCS" in os.environ:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(shown(now), encoding="utf-8")

    assert file.exists(), f"{file} is missing: `make shipped` writes it"
    assert file.read_text(encoding="utf-8") == shown(now), "`make shipped` writes it anew"


@pytest.mark.parametrize("attribute", TypeAdapter(CloudEvent).json_schema()["properties"])
def test_an_attribute_that_goes_is_noticed(attribute: str) -> None:
    now = schema_of_envelope()
    left = {name: value for name, value in now["properties"].items() if name != attribute}

    assert incompatibilities(now, {**now, "properties": left}) == [
        f"/{attribute}: the field is gone"
    ]


@pytest.mark.parametrize("traceparent", [None, f"00-{'1' * 32}-{'2' * 16}-01"])
def test_a_notification_has_each_attribute_that_others_know(traceparent: str | None) -> None:
    known = json.loads(ENVELOPE.read_text(encoding="utf-8"))
    state = None if traceparent is None else "congo=t61rcWkgMzE"
    example = example_of(shop.enrichers[0], TOLD_BY_THE_SHOP)
    told = cloud_event(replace(example, traceparent=traceparent, tracestate=state))

    assert TypeAdapter(CloudEvent).validate_python(told, strict=True) == told
    missing = {"traceparent", "tracestate"} if traceparent is None else set()
    assert told.keys() == known["properties"].keys() - missing
    assert set(known["required"]) == known["properties"].keys() - {
        "traceparent",
        "tracestate",
    }


def newest(names: Iterable[str]) -> Mapping[str, int]:
    """Give the newest version of each public event."""
    found: dict[str, int] = {}
    for name in names:
        what, _, version = name.rpartition(".v")
        found[what] = max(found.get(what, 0), int(version))
    return found


def test_versions_are_numbers() -> None:
    assert newest(["a.v10", "a.v9", "b.v1"]) == {"a": 10, "b": 1}


def test_what_was_ever_told_is_told_still_or_in_a_newer_version() -> None:
    told = newest(map(name_of, domain.enrichers))

    for what, version in newest(file.stem for file in SCHEMAS.glob("*.v*.json")).items():
        assert told.get(what, 0) >= version, (
            f"nobody is told of {what} in version {version}, on which others may rely;"
            f" if it was never released, delete {SCHEMAS / what}.v{version}.json"
        )


def test_the_page_that_others_read_is_current() -> None:
    now = page(domain, TOLD)
    if not domain.enrichers:
        assert not PAGE.exists(), f"nobody is told anything: delete {PAGE}"
        return
    if "WRITE_DOCS" in os.environ:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(now, encoding="utf-8")

    assert PAGE.exists(), f"{PAGE} is missing: `make shipped` writes it"
    assert PAGE.read_text(encoding="utf-8") == now, "`make shipped` writes it anew"


@pytest.mark.parametrize("enricher", domain.enrichers, ids=name_of)
def test_an_example_is_what_its_type_says_and_nothing_more(enricher: AnEnricher) -> None:
    told = cloud_event(example_of(enricher, TOLD))
    public: type[BaseModel] = enricher.public

    assert public.model_validate_json(json.dumps(told["data"]))
    assert told["data"].keys() <= schema_of(enricher)["properties"].keys()
    assert told["data"]["link"].startswith("/api/views/"), (
        f"the `link` of {public.__name__} is {told['data']['link']!r}: make it with `link_to(view, key)`"
        " (shared.kernel.messages.notification), so that whoever is told reads more there"
    )


def test_ids_follow_from_the_event_and_the_type() -> None:
    confirmed = example_of(shop.enrichers[0], TOLD_BY_THE_SHOP)

    assert confirmed.type == "onewrite.order.confirmed.v1"
    assert confirmed.id == "order-7@4/onewrite.order.confirmed.v1"
