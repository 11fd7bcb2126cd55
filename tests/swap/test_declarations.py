"""The business that is run beside the shop declares all that one may: what the nets cannot bear is found there."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any

import pytest

from shared.kernel.commands.category import Category
from shared.kernel.domain import About, Domain
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.reactions.enricher import Enricher
from shared.kernel.views.view import View
from tests.swap.domain import domain

DECLARED: dict[type, tuple[Any, ...]] = {
    Domain: (domain,),
    About: (domain.about,),
    Category: domain.categories,
    View: domain.views,
    Deadline: domain.deadlines,
    Enricher: domain.enrichers,
}
READ = "read"
"""What the kernel's own views read otherwise; a business has no reason to."""


def optional() -> Iterator[tuple[type, Field[Any]]]:
    """Give each field that may be left out."""
    for kind in DECLARED:
        for one in fields(kind):
            if (
                one.init
                and one.name != READ
                and not (one.default is one.default_factory is MISSING)
            ):
                yield kind, one


@pytest.mark.parametrize(
    ("kind", "field"), list(optional()), ids=lambda one: getattr(one, "name", None)
)
def test_everything_that_may_be_declared_is(kind: type, field: Field[Any]) -> None:
    default = field.default if field.default_factory is MISSING else field.default_factory()

    assert any(getattr(one, field.name) != default for one in DECLARED[kind])


def test_decisions_are_made_in_a_context_and_old_events_and_states_are_read() -> None:
    assert any(one.decider.takes_context for one in domain.categories)
    assert any(one.snapshots.upcasters for one in domain.categories)
    events = [event for one in domain.categories for event in one.events]
    assert any(event.schema_number > 1 for event in events)
