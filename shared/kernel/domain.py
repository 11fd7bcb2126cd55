"""What a domain hands over: its categories and its views. Everything else is found through them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.kernel.category import Category
from shared.kernel.errors import ConfigurationError, UnknownMessage
from shared.kernel.view import View

RESERVED = frozenset(
    {"views", "streams", "feed", "health", "docs", "operations", "admin", "runtime"}
)


@dataclass(frozen=True, slots=True)
class Domain:
    """The business, as the roles see it."""

    categories: tuple[Category, ...]
    views: tuple[View[Any], ...]

    def __post_init__(self) -> None:
        _no_doubles("category", [category.name for category in self.categories])
        _no_doubles("view", [view.name for view in self.views])
        taken = RESERVED & {category.name for category in self.categories}
        if taken:
            raise ConfigurationError(f"category names that routes need themselves: {sorted(taken)}")

    def category(self, name: str) -> Category:
        """Find a category; raises UnknownMessage."""
        for category in self.categories:
            if category.name == name:
                return category
        raise UnknownMessage(f"there is no category '{name}'")

    def view(self, name: str) -> View[Any]:
        """Find a view; raises UnknownMessage."""
        for view in self.views:
            if view.name == name:
                return view
        raise UnknownMessage(f"there is no view '{name}'")


def _no_doubles(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ConfigurationError(f"{what} '{name}' is registered twice")
        seen.add(name)
