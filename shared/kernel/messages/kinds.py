"""Types that are to be of one kind, and functions that give many: what they give in place of that is named."""

from collections.abc import Iterable, Iterator

from shared.kernel.errors import ConfigurationError


def many_faults(here: str, name: str, given: object, base: type) -> Iterator[str]:
    """Give a sentence for what is no tuple, and for each type in it of another kind."""
    if not isinstance(given, (tuple, list)):
        yield f"{here}: `{name}` is {_named(given)}, and no tuple: one alone is written ({_named(given)},)"
        return
    for one in given:
        yield from one_fault(here, name, one, base)


def one_fault(here: str, name: str, given: object, base: type) -> Iterator[str]:
    """Give a sentence if a type is of another kind."""
    if not (isinstance(given, type) and issubclass(given, base)):
        wanted = base.__name__
        yield f"{here}: `{name}` has {_named(given)}, which is no {wanted}: let it inherit from {wanted}"


def several[T](here: str, given: Iterable[T]) -> tuple[T, ...]:
    """Return all that a function gave; raises ConfigurationError for None, for one alone and for a text."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        kind = type(given).__name__
        raise ConfigurationError(f"{here} returned one {kind}: yield each item, or return a tuple")
    return tuple(given)


def _named(given: object) -> str:
    return given.__name__ if isinstance(given, type) else repr(given)
