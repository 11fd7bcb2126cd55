"""Types that JSON cannot hold, or of which nobody could tell how to read them back."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import is_dataclass
from enum import Enum
from itertools import chain
from types import EllipsisType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Protocol,
    TypeAliasType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
    runtime_checkable,
)

from pydantic import BaseModel, GetCoreSchemaHandler, JsonValue
from pydantic_core import CoreSchema

from shared.kernel.views.fields import KINDS

type Fault = tuple[str, str]
"""Where it is, in the type that was looked at, and what is wrong there."""
type Seen = frozenset[object]
type Nested = tuple[type[BaseModel], ...]
"""What may be nested, by its base; nothing says that it is a state, in which anything may."""


@runtime_checkable
class _Described(Protocol):
    """What tells pydantic itself how it is read and written."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema: ...


_PLAIN_KEYS = frozenset({str, *(kind for kind, rules in KINDS.items() if rules.form is not None)})
# A boolean is an integer in Python.
_JSON_KINDS: tuple[tuple[Any, str], ...] = (
    (NoneType, "null"),
    (bool, "boolean"),
    ((int, float), "number"),
    ((str, *_PLAIN_KEYS), "text"),
    ((Mapping, BaseModel), "object"),
    ((tuple, list, AbstractSet), "array"),
)
_ANY = "nobody knows what it holds: name its type, or JsonValue for any JSON"
_NAN = "it allows NaN, which is no JSON: leave allow_inf_nan as it is"


def model_faults(model: type[BaseModel], nested: Nested, seen: Seen) -> Iterator[Fault]:
    """Give the faults of the fields of a model."""
    if nested and model.model_config.get("allow_inf_nan", True):
        yield "", _NAN
    for name, info in model.model_fields.items():
        if any(getattr(one, "allow_inf_nan", None) for one in info.metadata):
            yield name, _NAN
        found = type_faults(
            info.annotation, nested, seen | {model}, tagged=bool(info.discriminator)
        )
        yield from _under(name, found)


def state_faults(state: object) -> Iterator[Fault]:
    """Give the faults of a state, in which classes of any kind may be nested."""
    return type_faults(state, (), frozenset())


def type_faults(
    annotation: Any,  # noqa: ANN401 - a type, in one of many forms
    nested: Nested,
    seen: Seen,
    *,
    tagged: bool = False,
) -> Iterator[Fault]:
    """Give the faults of a type; `tagged` says that the members of a union have a discriminator."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is JsonValue or annotation is None or annotation is NoneType:
        return iter(())
    if isinstance(annotation, TypeAliasType):
        if annotation in seen:
            return iter(())
        return type_faults(annotation.__value__, nested, seen | {annotation}, tagged=tagged)
    if origin is Annotated:
        tagged = tagged or any(getattr(one, "discriminator", None) for one in inner[1:])
        return type_faults(inner[0], nested, seen, tagged=tagged)
    if origin is Literal:
        return _choices(annotation, [one.value if isinstance(one, Enum) else one for one in inner])
    if origin in {Union, UnionType}:
        members = chain.from_iterable(type_faults(one, nested, seen) for one in inner)
        return chain(members, () if tagged else _alike(inner))
    if isinstance(origin, type):
        return _many(origin, inner, nested, seen)
    return _one(annotation, nested, seen)


def _many(origin: type[Any], inner: tuple[Any, ...], nested: Nested, seen: Seen) -> Iterator[Fault]:
    if issubclass(origin, Mapping):
        key, *inner_types = inner
        if json_kind(key) != "text":
            yield "", f"the members of an object are named by texts, and {_named(key)} is none"
    else:
        inner_types = list(inner)
    for one in inner_types:
        if not isinstance(one, EllipsisType):
            yield from type_faults(one, nested, seen)


def _one(kind: Any, nested: Nested, seen: Seen) -> Iterator[Fault]:  # noqa: ANN401 - a type
    if kind is Any or kind is object:
        return iter([("", _ANY)])
    if not isinstance(kind, type) or kind in KINDS or kind in seen:
        return iter(())
    if issubclass(kind, Enum):
        return _choices(kind, [one.value for one in kind])
    if issubclass(kind, BaseModel) or is_dataclass(kind) or is_typeddict(kind):
        return _nested(kind, nested, seen)
    if kind in {list, tuple, set, frozenset, dict}:
        return iter([("", f"say what the {_named(kind)} holds, such as {_named(kind)}[str]")])
    if isinstance(kind, _Described):
        return iter(())
    return iter([("", f"JSON cannot hold {_named(kind)}: docs/field-types.md lists what it can")])


def _nested(kind: Any, nested: Nested, seen: Seen) -> Iterator[Fault]:  # noqa: ANN401 - a type
    if nested and not issubclass(kind, nested):
        bases = " or a ".join(map(_named, nested))
        yield "", f"{_named(kind)} is read by other rules: let it be a {bases}"
    if issubclass(kind, BaseModel):
        yield from model_faults(kind, nested, seen)
        return
    for name, hint in get_type_hints(kind, include_extras=True).items():
        yield from _under(name, type_faults(hint, nested, seen | {kind}))


def _choices(kind: object, values: list[Any]) -> Iterator[Fault]:
    kinds = {type(one) for one in values if one is not None}
    if not (all(issubclass(one, str) for one in kinds) or kinds in ({int}, {bool})):
        yield "", f"the choices of {_named(kind)} are to be all texts, or all integers"


def _alike(members: tuple[Any, ...]) -> Iterator[Fault]:
    """Find members of a union that look alike in JSON: what is read would not be what was written."""
    kinds: dict[str, object] = {}
    for one in members:
        kind = json_kind(one)
        if kind in kinds:
            both = f"{_named(kinds[kind])} and {_named(one)}"
            yield "", f"JSON does not tell {both} apart: give messages a discriminator, or keep one"
        kinds[kind] = one


def json_kind(annotation: Any) -> str:  # noqa: ANN401 - a type
    """Tell what a type is in JSON: null, boolean, number, text, array or object."""
    if isinstance(annotation, TypeAliasType):
        return json_kind(annotation.__value__)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return json_kind(inner[0])
    if origin is Literal:
        return _kind_of(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _kind_of(next(iter(annotation)))
    kind = origin or annotation
    if not isinstance(kind, type):
        return "null" if kind is None else "anything"
    found = (name for kinds, name in _JSON_KINDS if issubclass(kind, kinds))
    return next(found, "object" if is_dataclass(kind) or is_typeddict(kind) else kind.__name__)


def _kind_of(value: object) -> str:
    return json_kind(type(value.value if isinstance(value, Enum) else value))


def _under(name: str, found: Iterator[Fault]) -> Iterator[Fault]:
    return ((f"{name}.{where}" if where else name, what) for where, what in found)


def _named(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)
