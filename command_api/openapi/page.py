"""A page for people, made of the document alone: it asks nothing of the internet."""

import json
from html import escape
from typing import Any

from command_api.openapi.models import Schema

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
details { border: 1px solid #8884; border-radius: 6px; margin: .5rem 0; padding: .5rem 1rem }
summary { cursor: pointer } code, pre { font: 14px/1.5 ui-monospace, monospace }
pre { overflow: auto; background: #8881; padding: .5rem } td { padding: 0 1rem .25rem 0; vertical-align: top }
:root { color-scheme: light dark }
"""


def page(described: dict[str, Any]) -> str:
    """Show every operation with its parameters, its body and its answers, then the schemas."""
    operations = [
        _operation(method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    found = described["components"]["schemas"]
    shown = [_details(name, _code(schema), f"schema-{name}") for name, schema in found.items()]
    title = escape(described["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{escape(described['info']['description'])}</p>"
        f'<p><a href="openapi.json">openapi.json</a></p>'
        f"<h2>Operations</h2>{''.join(operations)}<h2>Schemas</h2>{''.join(shown)}"
    )


def _operation(method: str, path: str, operation: Schema) -> str:
    parameters = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}<td>{escape(one['description'])}"
        for one in operation.get("parameters", ())
    )
    answers = "".join(
        f"<tr><td>{status}<td>{escape(answer['description'])}<td>{_link(answer)}"
        for status, answer in operation["responses"].items()
    )
    head = f"<code>{method.upper()} {escape(path)}</code> {escape(operation['summary'])}"
    tables = (
        f"<table>{parameters}</table>{_body(operation)}<h4>Answers</h4><table>{answers}</table>"
    )
    return f"<details><summary>{head}</summary>{tables}</details>"


def _body(operation: Schema) -> str:
    if "requestBody" not in operation:
        return ""
    content = operation["requestBody"]["content"]["application/json"]
    return f"<h4>Body {_link(operation['requestBody'])}</h4>{_code(content['example'])}"


def _link(described: Schema) -> str:
    names = [
        content["schema"]["$ref"].rpartition("/")[2]
        for content in described.get("content", {}).values()
        if "$ref" in content["schema"]
    ]
    return " ".join(f'<a href="#schema-{name}">{name}</a>' for name in names)


def _details(summary: str, content: str, anchor: str) -> str:
    return f'<details id="{anchor}"><summary>{escape(summary)}</summary>{content}</details>'


def _code(value: Any) -> str:  # noqa: ANN401 - JSON
    return f"<pre>{escape(json.dumps(value, indent=2))}</pre>"
