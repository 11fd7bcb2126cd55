"""Functions that a domain declares, against what they are given; and the fields that their answers name."""

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shared.kernel.commands.category import Category
from shared.kernel.messages.message import type_name
from shared.kernel.views.fields import list_fields
from shared.kernel.views.view import View

if TYPE_CHECKING:
    from shared.kernel.domain import Domain

_ACTORS = (None, "somebody", "00000000-0000-4000-8000-000000000000")
"""Whom a view is asked about: nobody known, and people whom nobody knows."""


def hook_faults(domain: "Domain") -> Iterator[str]:
    """Give a sentence for each function that does not take what it is given."""
    for category in domain.categories:
        yield from _category_faults(category)
    for view in domain.views:
        yield from _view_faults(view)
    for receptor in domain.receptors:
        yield from _takes(f"receptor '{receptor.name}'", "react", receptor.react, "stream", "event")
    for policy in domain.policies:
        here = f"policy '{policy.name}'"
        yield from _takes(here, "decide", policy.decide, "stream", "event")
        yield from _takes(here, "record", policy.record, "fact")
    yield from _public_faults(domain)
    for inbound in domain.inbound:
        yield from _takes(f"receptor '{inbound.name}'", "react", inbound.react, "data")


def _public_faults(domain: "Domain") -> Iterator[str]:
    for enricher in domain.enrichers:
        here = f"enricher '{enricher.name}'"
        yield from _takes(here, "enrich", enricher.enrich, "stream", "event", "found")
        if enricher.lookup is not None:
            yield from _takes(here, "lookup.keys", enricher.lookup.keys, "stream", "event")
    for feed in domain.feeds:
        if feed.may_read is not None:
            yield from _takes(f"feed '{feed.name}'", "may_read", feed.may_read, "actor")


def _category_faults(category: Category) -> Iterator[str]:
    here = f"category '{category.name}'"
    yield from _takes(here, "evolve", category.decider.evolve, "state", "event")
    if category.allow is not None:
        yield from _takes(here, "allow", category.allow, "actor", "command", "state")
    if category.may_read is not None:
        yield from _takes(here, "may_read", category.may_read, "actor", "state")
    for (name, number), upcaster in category.upcasters.items():
        yield from _takes(here, f'upcasters[("{name}", {number})]', upcaster, "data")
    for schema, upcaster in category.snapshots.upcasters.items():
        yield from _takes(here, f'snapshots.upcasters["{schema}"]', upcaster, "state")


def _view_faults(view: View[Any]) -> Iterator[str]:
    here = f"view '{view.name}'"
    yield from _takes(here, "evolve", view.evolve, "data", "event")
    yield from _takes(here, "key", view.key, "stream", "event")
    yield from _takes(here, "read", view.read, "category", "envelope")
    if view.may_read is not None:
        wrong = list(_takes(here, "may_read", view.may_read, "actor"))
        yield from wrong or dict.fromkeys(_may_read_faults(view))


def _may_read_faults(view: View[Any]) -> Iterator[str]:
    for actor in _ACTORS:
        may = _condition(view, actor)
        if isinstance(may, Mapping):
            yield from condition_faults(view, may)
        elif not isinstance(may, bool):
            yield (
                f"view '{view.name}': `may_read` returned {may!r} for {actor!r}: return True, False or"
                " the values that fields of a row must hold"
            )


def _condition(view: View[Any], actor: str | None) -> object:
    try:
        return view.may_read(actor) if view.may_read is not None else True
    except Exception:  # noqa: BLE001 - a domain's own code, which may know all people that there are
        return True


def condition_faults(view: View[Any], condition: Mapping[str, Any]) -> Iterator[str]:
    """Give a sentence for each field and each value of a condition that no row of a view has."""
    known = list_fields(view.data_type)
    for name, value in condition.items():
        if not isinstance(value, str | int | float | None):
            yield (
                f"view '{view.name}': `may_read` wants {name} = {value!r}, which no row holds: give its"
                " form in JSON, such as the value of an Enum"
            )
        if name not in known:
            yield (
                f"view '{view.name}': `may_read` names '{name}', which is no scalar field of"
                f" {type_name(view.data_type)}, as JSON names them: {', '.join(known)}"
            )


def _takes(here: str, name: str, hook: Any, *given: str) -> Iterator[str]:  # noqa: ANN401 - any callable
    if not callable(hook):
        yield f"{here}: `{name}` is {hook!r}, and no function of ({', '.join(given)})"
        return
    try:
        signature = inspect.signature(hook)
    except ValueError:
        # Some that are built in do not tell.
        return
    try:
        signature.bind(*given)
    except TypeError:
        takes, gets = ", ".join(signature.parameters), ", ".join(given)
        yield f"{here}: `{name}` is given ({gets}), and takes ({takes})"
