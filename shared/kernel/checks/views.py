"""Views and deadlines against the data that rows hold."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from shared.kernel.commands.category import Category
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.message import type_name
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.fields import list_fields
from shared.kernel.views.view import View


def view_faults(view: View[Any], categories: tuple[Category, ...]) -> Iterator[str]:
    """Give a sentence for each mistake in a view."""
    here, data_type = f"view '{view.name}'", type_name(view.data_type)
    known = {category.name for category in categories}
    folded = [category.name for category in view.categories]
    for name in dict.fromkeys(folded):
        if name not in known:
            yield f"{here} folds category '{name}', which the domain lacks: add it there"
        if folded.count(name) > 1:
            yield f"{here} folds category '{name}' more than once: leave it out of its `others`"
    restricted = [f"'{category.name}'" for category in view.categories if category.may_read]
    if restricted and view.may_read is None:
        yield (
            f"{here} shows all rows to everybody, and streams of category {', '.join(restricted)} are not for"
            " everybody: give the view a `may_read`, or `may_read=everybody` (shared.kernel.views.view)"
        )
    yield from _name_faults(here, list(list_fields(view.data_type)))
    missing = [name for name, info in view.data_type.model_fields.items() if info.is_required()]
    if missing:
        yield f"{here}: give {', '.join(missing)} of {data_type} a default: a row begins without an event"
    for sort in view.sorts:
        yield from _sort_faults(view, sort)


def _name_faults(here: str, names: list[str]) -> Iterator[str]:
    """Find fields that no query can name: a dot parts a filter from its field, and the platform knows no case."""
    lower = [name.lower() for name in names]
    for name in names:
        if "." in name:
            yield f"{here} has a field '{name}': filters cannot name it, so give it an alias without a dot"
        if lower.count(name.lower()) > 1:
            yield f"{here} has a field '{name}', and another that differs in its case alone: rename one"


def _sort_faults(view: View[Any], sort: str) -> Iterator[str]:
    field = list_fields(view.data_type).get(sort)
    if field is None:
        known = ", ".join(list_fields(view.data_type))
        yield (
            f"view '{view.name}' sorts by '{sort}', which is no scalar field of"
            f" {type_name(view.data_type)}, as JSON names them: {known}"
        )
    elif field.kind.unsorted:
        yield (
            f"view '{view.name}' sorts by '{sort}', a {field.kind.name}: {field.kind.unsorted};"
            " sort by an integer beside it, such as cents or seconds"
        )


def _time_faults(deadline: Deadline) -> Iterator[str]:
    here, nothing = f"deadline '{deadline.name}'", timedelta()
    if (deadline.since is None) == (not deadline.at):
        yield f"{here} needs either the kind of event `since` which it waits, or a field `at`"
    elif deadline.after if deadline.at else deadline.before:
        yield f"{here}: `after` goes with `since`, and `before` with `at`"
    events = deadline.view.category.events
    if deadline.since and not any(issubclass(event, deadline.since) for event in events):
        yield (
            f"{here} waits since {type_name(deadline.since)}, which never comes to the view"
            f" '{deadline.view.name}': it folds {', '.join(map(type_name, events))}"
        )
    fields = list_fields(deadline.view.data_type).items()
    moments = [name for name, field in fields if field.kind.name in {"day", "moment"}]
    if deadline.at and deadline.at not in moments:
        yield f"{here} goes by '{deadline.at}', which is no day or moment: {', '.join(moments)}"
    if deadline.times < 1 or (deadline.every is None) != (deadline.times == 1):
        yield f"{here}: `every` says how often it is told again, and `times` how many times in all"
    if deadline.every is not None and deadline.every <= nothing:
        yield f"{here} is told again every {deadline.every}: give it more time"


def deadline_faults(deadline: Deadline) -> Iterator[str]:
    """Give a sentence for each mistake in a deadline."""
    here, data_type = f"deadline '{deadline.name}'", deadline.view.data_type
    needed = [name for name, info in deadline.command.model_fields.items() if info.is_required()]
    if needed:
        yield (
            f"{here} sends {type_name(deadline.command)} without fields, and it needs"
            f" {', '.join(needed)}: send a command that needs none"
        )
    yield from _time_faults(deadline)
    for name, value in deadline.waiting.items():
        field = list_fields(data_type).get(name)
        if field is None:
            known = ", ".join(list_fields(data_type))
            yield (
                f"{here} waits for '{name}', which is no scalar field of {type_name(data_type)},"
                f" as JSON names them: {known}"
            )
            continue
        try:
            field.check(value)
        except InvalidMessage as error:
            yield f"{here} waits for {name} = {value!r}, which no row holds: {error}"
