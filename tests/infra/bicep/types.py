"""The types of parameters, in Bicep's own notation, and whether a value is of one."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.infra.bicep.cursor import Cursor
from tests.infra.bicep.tokens import BicepError

type Type = tuple[Any, ...]

_PLAIN: Final[dict[str, type]] = {
    "string": str,
    "int": int,
    "bool": bool,
    "object": dict,
    "array": list,
}


def read_type(on: Cursor) -> Type:
    """Reads a type from where the reader is."""
    one = _suffixed(on, _primary(on))
    choices = [one]
    while on.mark("|"):
        choices.append(_suffixed(on, _primary(on)))
    return one if len(choices) == 1 else ("union", choices)


def fits(value: Any, kind: Type, known: Mapping[str, Type]) -> bool:
    """Returns whether a value is of a type; `known` are the types that the file declares or imports."""
    match kind:
        case ("name", "any"):
            return True
        case ("name", name) if name in _PLAIN:
            # In Python, a bool is an int.
            return isinstance(value, _PLAIN[name]) and (name == "bool") == isinstance(value, bool)
        case ("name", name) if name in known:
            return fits(value, known[name], known)
        case ("literal", text):
            return bool(value == text)
        case ("nullable", inner):
            return value is None or fits(value, inner, known)
        case ("array", inner):
            return isinstance(value, list) and all(fits(one, inner, known) for one in value)
        case ("union", choices):
            return any(fits(value, one, known) for one in choices)
        case ("record", properties, rest):
            return isinstance(value, dict) and _fits_record(value, properties, rest, known)
    raise BicepError(f"nothing is called {kind[1]}")


def named(kind: Any) -> Iterator[str]:
    """Yields the names that a type refers to, without those of Bicep itself."""
    match kind:
        case ("name", str(name)):
            yield from () if name in {*_PLAIN, "any"} else (name,)
        case dict():
            for one in kind.values():
                yield from named(one)
        case tuple() | list():
            for one in kind:
                yield from named(one)


def _fits_record(
    value: dict[str, Any], properties: dict[str, Type], rest: Type | None, known: Mapping[str, Type]
) -> bool:
    more = value.keys() - properties.keys()
    return all(fits(value.get(name), one, known) for name, one in properties.items()) and (
        not more if rest is None else all(fits(value[name], rest, known) for name in more)
    )


def _primary(on: Cursor) -> Type:
    if on.mark("{"):
        return _record(on)
    if (text := on.take("string")) is not None:
        return ("literal", text.text)
    return ("name", on.need("name"))


def _suffixed(on: Cursor, one: Type) -> Type:
    while True:
        if on.mark("["):
            on.need("]")
            one = ("array", one)
        elif on.mark("?"):
            one = ("nullable", one)
        else:
            return one


def _record(on: Cursor) -> Type:
    properties: dict[str, Type] = {}
    rest = None
    on.separators()
    while not on.mark("}"):
        if on.mark("*"):
            on.need(":")
            rest = read_type(on)
        elif on.mark("@"):
            # Decorators without arguments, such as secure, say nothing of the value.
            for part in ("name", "(", ")"):
                on.need(part)
        else:
            name = on.need("name")
            on.need(":")
            properties[name] = read_type(on)
        on.separators()
    return ("record", properties, rest)
