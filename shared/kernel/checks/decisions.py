"""What a decider says that it decides, by its annotations, against the events that its category lists."""

from collections.abc import Iterator
from typing import Any, TypeAliasType, get_args, get_origin, get_type_hints

from shared.kernel.commands.category import Category
from shared.kernel.messages.message import Event, type_name


def decision_faults(category: Category) -> Iterator[str]:
    """Give a sentence for each event that `decide` may return and the category does not list."""
    for event in sorted(set(_events(_returned(category.decider.decide))), key=type_name):
        if not any(issubclass(listed, event) for listed in category.events):
            yield (
                f"category '{category.name}': decide may return {type_name(event)},"
                " which is not in its `events`: add it there"
            )


def _returned(decide: Any) -> object:  # noqa: ANN401 - any callable
    try:
        return get_type_hints(decide).get("return")
    except (NameError, TypeError):
        # A lambda of another kind, or names that only a type checker imports: then the first decision tells.
        return None


def _events(annotation: Any) -> Iterator[type[Event]]:  # noqa: ANN401 - a type
    """Find the events in a type."""
    if isinstance(annotation, TypeAliasType):
        yield from _events(annotation.__value__)
    elif isinstance(annotation, type) and issubclass(annotation, Event) and annotation is not Event:
        yield annotation
    else:
        origin = get_origin(annotation)
        if isinstance(origin, TypeAliasType):
            yield from _events(origin.__value__)
        for inner in get_args(annotation):
            yield from _events(inner)
