"""Any value of a message: what its fields allow, and nothing that they refuse."""

from typing import Any, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.kernel.messages.message import LARGEST_EXACT_INTEGER

LONGEST = 40
"""Of texts and lists that may be of any length: longer ones show nothing new."""


def values[M: BaseModel](model: type[M]) -> st.SearchStrategy[M]:
    """Make any message of a type, by the names of its fields."""
    fields = {name: _field(info) for name, info in model.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda made: model(**made))


def _field(info: FieldInfo) -> st.SearchStrategy[Any]:
    limits = {
        name: value
        for one in info.metadata
        for name in ("ge", "le", "min_length", "max_length", "pattern")
        if (value := getattr(one, name, None)) is not None
    }
    return _of(info.annotation, limits)


def _of(annotation: Any, limits: dict[str, Any]) -> st.SearchStrategy[Any]:
    least, most = limits.get("min_length", 0), min(limits.get("max_length", LONGEST), LONGEST)
    if get_origin(annotation) is tuple:
        inner = _of(get_args(annotation)[0], {})
        return st.lists(inner, min_size=least, max_size=most).map(tuple)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return values(annotation)
    if annotation is int:
        low, high = -LARGEST_EXACT_INTEGER, LARGEST_EXACT_INTEGER
        return st.integers(limits.get("ge", low), limits.get("le", high))
    if "pattern" in limits:
        # A dollar would let a line break pass in Python, and nothing pass in pydantic.
        pattern = limits["pattern"].replace("$", r"\Z")
        return st.from_regex(pattern).filter(lambda text: least <= len(text) <= 100)
    if annotation is str:
        return st.text(min_size=least, max_size=most)
    return st.from_type(annotation)
