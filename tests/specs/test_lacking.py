"""What has no spec is named in a sentence that says what to write, and where."""

from dataclasses import replace
from pathlib import Path

from shared.domain.shop import domain
from shared.domain.shop.item import item
from tests.specs.lacking import lacking_end, lacking_in, lacking_of, lacking_refusals
from tests.specs.shop import FLOWS, INBOUND, REACTIONS, SPECS, TOLD


def test_nothing_is_missing_in_the_shop() -> None:
    assert [said for one in domain.categories for said in lacking_of(one, SPECS)] == []
    assert list(lacking_in(domain, REACTIONS, TOLD, FLOWS, INBOUND)) == []


def test_a_command_an_event_and_a_refusal_without_a_spec_are_named() -> None:
    others = [spec for spec in SPECS if type(spec.when).__name__ != "DiscontinueItem"]

    said = list(lacking_of(item, others))

    assert "SPECS: no Spec has DiscontinueItem of 'item' in `when`" in said
    assert "SPECS: no Spec has ItemDiscontinued of 'item' in `then`" in said


def test_a_refusal_without_a_spec_is_named(tmp_path: Path) -> None:
    (tmp_path / "decisions.py").write_text('Refusal("too-late", "No.")', encoding="utf-8")

    assert list(lacking_refusals(tmp_path, SPECS)) == ["SPECS: no Spec is refused with 'too-late'"]


def test_what_only_events_cause_is_to_be_decided_otherwise_and_needs_no_spec_of_a_refusal() -> None:
    caused = replace(item, commands=(), process_commands=(*item.commands, *item.process_commands))
    accepted = [spec for spec in SPECS if not isinstance(spec.then, str)]

    asked, unasked = (list(lacking_of(one, accepted)) for one in (item, caused))

    assert any(
        one.startswith("SPECS: no Spec refuses ReserveStock of 'item' with '") for one in asked
    )
    assert not any("no Spec refuses" in one for one in unasked)
    assert any(
        one.startswith("decide: ReserveStock of 'item' is refused with '") for one in unasked
    )


def test_what_an_event_leads_to_without_a_spec_is_named() -> None:
    said = list(lacking_in(domain, (), (), (), ()))

    assert "REACTIONS: no Reaction says what OrderPlaced causes ('reserve-lines')" in said
    assert "TOLD: no Told says what OrderConfirmed tells others of OrderConfirmed" in said
    assert "FLOWS: no Flow says in `shown` what a row of the view 'stock' comes to" in said
    arrived = "com.example.supplier.delivery-arrived"
    assert any(one.startswith(f"INBOUND: no Heard says what {arrived} comes to") for one in said)


def test_a_deadline_that_ends_no_flow_is_named() -> None:
    (deadline,) = domain.deadlines
    early = [flow for flow in FLOWS if not flow.late]

    assert list(lacking_end(deadline, SPECS, FLOWS)) == []
    (said,) = lacking_end(deadline, SPECS, early)
    assert said.startswith("FLOWS: no Flow with late=True has in `then` what the deadline")
    assert said.endswith("leads to (DispatchConflict, OrderCancelled)")
