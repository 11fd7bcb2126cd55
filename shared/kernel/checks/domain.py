"""Everything that is wrong with what a domain declares, a sentence each."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from shared.kernel.checks.decisions import decision_faults
from shared.kernel.checks.hooks import hook_faults
from shared.kernel.checks.json_types import Fault, model_faults, state_faults
from shared.kernel.checks.views import deadline_faults, view_faults
from shared.kernel.commands.category import Category
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.inbound_event import OutsideData
from shared.kernel.messages.message import Message, type_name
from shared.kernel.messages.stream import CATEGORY

if TYPE_CHECKING:
    from shared.kernel.domain import Domain

_CATEGORY = re.compile(CATEGORY)
_ROUTE = re.compile(r"[a-z][a-z0-9-]{0,49}")
_PREFIX = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def faults(domain: "Domain") -> Iterator[str]:
    """Give a sentence for each mistake, with the name of what it is in."""
    if not domain.categories:
        yield "a domain has one category at least: nothing could be asked of it"
    yield from _prefix_faults(domain.public_prefix)
    yield from _shared_faults(domain.categories)
    yield from hook_faults(domain)
    for category in domain.categories:
        yield from _category_faults(category)
    for feed in domain.feeds:
        yield from _feed_faults(feed, domain)
    for view in domain.views:
        yield from _name_faults("view", view.name)
        yield from view_faults(view, domain.categories)
        yield from _message_faults(f"view '{view.name}'", view.data_type, Message)
    for deadline in domain.deadlines:
        yield from deadline_faults(deadline)
    for enricher in domain.enrichers:
        yield from _message_faults(f"enricher '{enricher.name}'", enricher.public, Message)
    for receptor in domain.inbound:
        yield from _message_faults(
            f"receptor '{receptor.name}'", receptor.data, OutsideData, Message
        )


def _feed_faults(feed: PublicFeed, domain: "Domain") -> Iterator[str]:
    here = f"feed '{feed.name}'"
    yield from _name_faults("feed", feed.name)
    for title in (feed.title, domain.about.title):
        if not title.isprintable():
            yield f"{here}: the title {title!r} holds what is no text, and no document could show it"
    if not feed.events:
        yield f"{here} lists no `events`: nothing could ever be in it"
    made = {enricher.public for enricher in domain.enrichers}
    for public in feed.events:
        if public not in made:
            yield f"{here} lists {public.__name__}, which no enricher of the domain makes"
    for name, number in (("generation", feed.generation), ("partitions", feed.partitions)):
        if number < 1:
            yield f"{here}: its `{name}` is {number}, and 1 is the least"


def _name_faults(kind: str, name: str) -> Iterator[str]:
    if _ROUTE.fullmatch(name) is None:
        yield (
            f"{kind} '{name}': a name that a route can carry has 1 to 50 of a-z 0-9 -,"
            " the first a letter"
        )


def _prefix_faults(prefix: str) -> Iterator[str]:
    if _PREFIX.fullmatch(prefix) is None:
        yield (
            f"`public_prefix` is '{prefix}': types of events begin with a domain name, backwards, in small"
            " letters, such as com.example"
        )


def _category_faults(category: Category) -> Iterator[str]:
    here = f"category '{category.name}'"
    if _CATEGORY.fullmatch(category.name) is None:
        yield (
            f"{here}: a name that streams and routes can carry has 1 to 50 of a-z 0-9,"
            " the first a letter"
        )
    if not category.events:
        yield f"{here} lists no `events`: nothing could ever happen in it"
    yield from _upcaster_faults(category)
    yield from decision_faults(category)
    for message in (*category.commands, *category.process_commands, *category.events):
        yield from _message_faults(here, message, Message)
    for where, what in state_faults(category.snapshots.state):
        yield f"{here}, its state {_at(category.snapshots.state, where)}: {what}"


def _shared_faults(categories: tuple[Category, ...]) -> Iterator[str]:
    """Find commands of several categories: the type of a command says who handles it."""
    owners: dict[type[Message], str] = {}
    for category in categories:
        for command in (*category.commands, *category.process_commands):
            first = owners.setdefault(command, category.name)
            if first != category.name:
                yield (
                    f"category '{category.name}' has the command {type_name(command)} of category"
                    f" '{first}': let each have a class of its own"
                )


def _upcaster_faults(category: Category) -> Iterator[str]:
    for name, number in category.upcasters:
        event = category.event_types.get(name)
        if event is None:
            yield f"category '{category.name}' has an upcaster for {name}, which is not in its `events`"
        elif not 1 <= number < event.schema_number:
            yield (
                f"category '{category.name}' has an upcaster for {name}/{number}, and there is no such"
                f" older schema: {name} has number {event.schema_number}"
            )


def _message_faults(here: str, message: type[BaseModel], *nested: type[BaseModel]) -> Iterator[str]:
    found: Iterator[Fault] = model_faults(message, nested, frozenset())
    for where, what in found:
        yield f"{here}, {_at(message, where)}: {what}"


def _at(kind: Any, where: str) -> str:  # noqa: ANN401 - a type
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    return f"{name}.{where}" if where else name
