"""What a domain hands over: categories and views, and what follows from their events. All else is found there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.kernel.checks import faults, kind_faults
from shared.kernel.commands.category import Category
from shared.kernel.errors import ConfigurationError, UnknownMessage
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.inbound_event import InboundReceptor
from shared.kernel.messages.message import Command, Event, type_name
from shared.kernel.messages.notification import public_type
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.reactions.enricher import Enricher
from shared.kernel.reactions.policy import Policy
from shared.kernel.reactions.receptor import Receptor
from shared.kernel.views.streams_view import streams_of
from shared.kernel.views.view import View

RESERVED = frozenset(
    {"webhooks", "views", "streams", "feeds", "health", "docs", "operations", "admin", "runtime"}
)


@dataclass(frozen=True, slots=True)
class About:
    """What the OpenAPI document says of the API as a whole.

    `version` is that of what clients see, and `licence` an SPDX identifier.
    """

    title: str = "Onewrite"
    version: str = "1"
    description: str = "Commands, streams and views."
    contact: str = "Operations"
    licence: str = "LicenseRef-Proprietary"


@dataclass(frozen=True, slots=True)
class Domain:
    """The business, as the roles see it.

    The types of its public events begin with `public_prefix`, say the domain name of a company, backwards: once
    others rely on them, it stays. Their `source` is `/onewrite/<category>`, whatever the prefix.
    `kept_views` are all that projections keep: its own, and one more for each category that has none.
    """

    categories: tuple[Category, ...]
    views: tuple[View[Any], ...]
    receptors: tuple[Receptor[Any], ...] = ()
    policies: tuple[Policy[Any, Any], ...] = ()
    enrichers: tuple[Enricher[Any, Any, Any], ...] = ()
    feeds: tuple[PublicFeed, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    inbound: tuple[InboundReceptor[Any], ...] = ()
    about: About = About()
    public_prefix: str = "onewrite"
    kept_views: tuple[View[Any], ...] = field(init=False)

    def __post_init__(self) -> None:
        _no_faults(kind_faults(self))
        seen = {category.name for view in self.views for category in view.categories}
        unseen = [streams_of(one) for one in self.categories if one.name not in seen]
        object.__setattr__(self, "kept_views", (*self.views, *unseen))
        self._check_names()
        for one in self.reactions:
            self._check_event(one.name, one.category, one.event)
            self._check_command(one.name, one.target, one.command)
        for policy in self.policies:
            self._check_event(policy.name, policy.target, policy.fact)
        for enricher in self.enrichers:
            self._check_event(enricher.name, enricher.category, enricher.event)
            if enricher.lookup is not None:
                self._check_view(enricher.name, enricher.lookup.view)
        for receptor in self.inbound:
            self._check_command(receptor.name, receptor.target, receptor.command)
        for deadline in self.deadlines:
            self._check_view(deadline.name, deadline.view)
            if deadline.view.others:
                raise ConfigurationError(
                    f"'{deadline.name}' looks at '{deadline.view.name}', whose rows are not all of one category"
                )
            self._check_command(deadline.name, deadline.view.category, deadline.command)
        _no_faults(faults(self))

    def _check_names(self) -> None:
        _no_doubles("category", [category.name for category in self.categories])
        _no_doubles("view", [view.name for view in self.kept_views])
        # One space of names: all stand in derived ids.
        causing = (*self.reactions, *self.deadlines, *self.inbound)
        _no_doubles("reaction", [one.name for one in causing])
        _no_doubles("feed", [feed.name for feed in self.feeds])
        _no_doubles("enricher", [enricher.name for enricher in self.enrichers])
        # The type stands in the ids of notifications: a second enricher would publish under the ids of the first.
        _no_doubles("public event", map(self.public_type, self.enrichers))
        taken = RESERVED & {category.name for category in self.categories}
        if taken:
            raise ConfigurationError(f"category names that routes need themselves: {sorted(taken)}")

    @property
    def reactions(self) -> tuple[Receptor[Any] | Policy[Any, Any], ...]:
        """Everything that causes something when an event comes."""
        return (*self.receptors, *self.policies)

    def public_type(self, enricher: Enricher[Any, Any, Any]) -> str:
        """Name the public events of an enricher, as others see it."""
        return public_type(self.public_prefix, enricher.category.name, enricher.public)

    def enrichers_of(self, feed: PublicFeed, category: str) -> list[Enricher[Any, Any, Any]]:
        """Give the enrichers that make public events of a feed of the events of a category."""
        return [
            one
            for one in self.enrichers
            if one.public in feed.events and one.category.name == category
        ]

    def category(self, name: str) -> Category:
        """Find a category; raises UnknownMessage."""
        for category in self.categories:
            if category.name == name:
                return category
        raise UnknownMessage(f"there is no category '{name}'", "category")

    def view(self, name: str) -> View[Any]:
        """Find a view; raises UnknownMessage."""
        for view in self.views:
            if view.name == name:
                return view
        raise UnknownMessage(f"there is no view '{name}'", "view")

    def feed(self, name: str) -> PublicFeed:
        """Find a feed; raises UnknownMessage."""
        for feed in self.feeds:
            if feed.name == name:
                return feed
        raise UnknownMessage(f"there is no feed '{name}'", "feed")

    def _check_event(self, name: str, category: Category, event: type[Event]) -> None:
        if event not in self._known(category.events, category.name):
            missing = f"{category.name}/{type_name(event)}"
            raise ConfigurationError(f"'{name}' is bound to {missing}, which is no event here")

    def _check_view(self, name: str, view: View[Any]) -> None:
        if view not in self.views:
            raise ConfigurationError(f"'{name}' looks into no view of the domain")

    def _known[T](self, messages: tuple[T, ...], category: str) -> tuple[T, ...]:
        return messages if category in {known.name for known in self.categories} else ()

    def _check_command(self, name: str, target: Category, command: type[Command]) -> None:
        if command not in self._known((*target.commands, *target.process_commands), target.name):
            missing = f"{target.name}/{type_name(command)}"
            raise ConfigurationError(f"'{name}' sends {missing}, which is no command here")


def _no_faults(found: Iterable[str]) -> None:
    told = "\n".join(found)
    if told:
        raise ConfigurationError(told)


def _no_doubles(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ConfigurationError(f"{what} '{name}' is registered twice")
        seen.add(name)
