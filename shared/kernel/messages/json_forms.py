"""Gives each value one form in JSON, by exchanging parts of the schemas that pydantic generates.

Pydantic alone reads "0" as a day and 0.1 as a decimal, and writes moments and sets in more than one form; stored
data, digests and filters need one. A domain need not know: it declares plain types.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema, to_json

from shared.kernel.messages.text_forms import FORMS, TextForm

type _Schema = dict[str, Any]

_FORMED = {"has_json_form": True}
# None of these holds schemas, though values of a domain may look like one.
_NO_SCHEMAS = frozenset(
    {"cls", "config", "default", "expected", "members", "metadata", "serialization"}
)


class JsonForms:
    """Marks a type (in `Annotated`) that is no Message: what it holds has the same forms."""

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return with_json_forms(handler(source), handler)


def with_json_forms(schema: CoreSchema, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Give all that a schema holds its JSON form, and return the schema."""
    _exchange(schema, handler, set())  # type: ignore[arg-type]  # a CoreSchema is a dictionary
    return schema


def _exchange(node: _Schema, handler: GetCoreSchemaHandler, seen: set[str]) -> None:
    kind: str = node["type"]
    if node.get("metadata") == _FORMED:
        return
    if kind == "definition-ref":
        _follow(node, handler, seen)
    elif kind in FORMS:
        _as_text(node, FORMS[kind], handler)
    else:
        for inner in list(_inner(node)):
            _exchange(inner, handler, seen)
    if kind in {"set", "frozenset"}:
        node["serialization"] = core_schema.wrap_serializer_function_ser_schema(
            _in_order, when_used="json"
        )


def _inner(node: _Schema) -> Iterator[_Schema]:
    """Give the schemas right inside a schema."""
    for name, value in node.items():
        if name not in _NO_SCHEMAS:
            yield from _schemas_of(value)


def _schemas_of(value: object) -> Iterator[_Schema]:
    """Give a schema, or those of a list, or those under names that a domain has chosen."""
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _schemas_of(one)


def _follow(node: _Schema, handler: GetCoreSchemaHandler, seen: set[str]) -> None:
    if node["schema_ref"] in seen:
        return
    seen.add(node["schema_ref"])
    try:
        target: Any = handler.resolve_ref_schema(node)
    except LookupError:
        # It is being made, around this one, and is exchanged when it is done.
        return
    _exchange(target, handler, seen)


def _as_text(node: _Schema, form: TextForm, handler: GetCoreSchemaHandler) -> None:
    """Exchange a schema, in place: others may refer to it."""
    ref, own = node.pop("ref", None), {**node, **form.only}
    text = handler.generate_schema(
        Annotated[str, Field(pattern=form.pattern), WithJsonSchema(form.json_schema)]
    )
    plain: CoreSchema = {**own, "strict": False}
    if form.overflow:
        plain = core_schema.no_info_wrap_validator_function(partial(_within, form.overflow), plain)
    else:
        # A thirteenth month has the form, and is none all the same.
        plain = _said(plain, form)
    read = core_schema.chain_schema([_said(text, form), plain])
    formed: CoreSchema = core_schema.json_or_python_schema(json_schema=read, python_schema=own)
    if form.then is not None:
        formed = core_schema.no_info_after_validator_function(form.then, formed)
    node.clear()
    node.update(formed, metadata=_FORMED)
    node["serialization"] = core_schema.plain_serializer_function_ser_schema(
        form.write, return_schema=text, when_used="json"
    )
    if ref is not None:
        node["ref"] = ref


def _said(schema: CoreSchema, form: TextForm) -> CoreSchema:
    """Say what is expected, whatever is wrong."""
    sentence = f"{form.sentence} is expected"
    return core_schema.custom_error_schema(schema, "json_form", custom_error_message=sentence)


def _within(sentence: str, text: str, validate: Callable[[str], Any]) -> Any:  # noqa: ANN401 - any value
    """Tell what pydantic lets Python raise: a value that is too far from zero."""
    try:
        return validate(text)
    except OverflowError:
        raise ValueError(sentence) from None


def _in_order(value: object, write: Callable[[Any], list[Any]]) -> list[Any]:
    """Write a set in one order, whichever the process happens to have."""
    return sorted(write(value), key=to_json)
