"""Types that are to be of one kind: what is given in their place is named."""

from collections.abc import Iterator


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


def _named(given: object) -> str:
    return given.__name__ if isinstance(given, type) else repr(given)
