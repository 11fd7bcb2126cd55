"""The specification that people read: made of the specs and the domain, never written by hand."""

from collections.abc import Sequence

from shared.kernel.commands.category import Category
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Command, route_name, type_name
from tests.specs.graph import graph
from tests.specs.spec import (
    FORBIDDEN,
    Flow,
    Heard,
    Reaction,
    Spec,
    Told,
    asked_how,
    flow_story,
    heard_story,
)
from tests.specs.whole_flow import FAULTS

HEAD = """\
# Specification

What the business does, told by its specs (`make spec` holds them and writes this page).

"""

WHATEVER_FAILS = (
    "Each ends so when nothing fails, and though "
    + ", or ".join(fault for fault in FAULTS if fault)
    + ".\n"
)


def specification(
    domain: Domain,
    specs: Sequence[Spec],
    *,
    reactions: Sequence[Reaction],
    flows: Sequence[Flow],
    inbound: Sequence[Heard],
    told: Sequence[Told],
) -> str:
    """Write the specification of a domain as Markdown."""
    parts = [HEAD, "## What leads to what\n\n```mermaid\n", graph(domain, specs), "```\n"]
    parts.append("\n## Reactions\n\n| event | causes |\n| --- | --- |\n")
    parts += [f"| **{spec.title}**: {_told(spec.when)} | {_sent(spec)} |\n" for spec in reactions]
    parts.append(f"\n## The whole flow, whatever fails\n\n{WHATEVER_FAILS}")
    parts += [f"\n```text\n{flow_story(flow)}\n```\n" for flow in flows]
    parts.append("\n## What others are told\n\n| event | public event |\n| --- | --- |\n")
    parts += [f"| **{one.title}**: {_told(one.when)} | {_told(one.then)} |\n" for one in told]
    parts.append("\n## What others tell, however often\n")
    parts += [f"\n```text\n{heard_story(spec)}\n```\n" for spec in inbound]
    parts.append("\n## Refusals\n\n| refusal | of |\n| --- | --- |\n")
    parts += [f"| `{code}` | {_refused(code, specs)} |\n" for code in _codes(specs)]
    for category in domain.categories:
        parts.append(f"\n## {category.name}\n")
        for command in (*category.commands, *category.process_commands):
            parts.append(_command(category, command, specs))
    return "".join(parts)


def _sent(spec: Reaction) -> str:
    return (
        ", ".join(f"{_told(command)} to `{stream}`" for stream, command in spec.then) or "nothing"
    )


def _codes(specs: Sequence[Spec]) -> list[str]:
    codes = dict.fromkeys(spec.then for spec in specs if isinstance(spec.then, str))
    return [code for code in codes if code != FORBIDDEN]


def _refused(code: str, specs: Sequence[Spec]) -> str:
    names = dict.fromkeys(type_name(type(spec.when)) for spec in specs if spec.then == code)
    return ", ".join(f"[`{name}`](#{name.lower()})" for name in names)


def _command(category: Category, command: type[Command], specs: Sequence[Spec]) -> str:
    own = [spec for spec in specs if type(spec.when) is command]
    lines = [f"\n### {type_name(command)}\n\n{(command.__doc__ or '').strip()}\n"]
    if command in category.commands:
        lines.append(f"`POST /api/{category.name}/{{id}}/{route_name(command)}`\n")
    lines.append("\n| given | when | then |\n| --- | --- | --- |\n")
    lines += [
        f"| {_given(spec)} | {_told(spec.when)}{asked_how(spec)} | {_then(spec)} |\n"
        for spec in own
    ]
    return "".join(lines)


def _given(spec: Spec) -> str:
    return f"**{spec.title}**: " + (", ".join(map(_told, spec.given)) or "nothing")


def _then(spec: Spec) -> str:
    if spec.then == FORBIDDEN:
        return FORBIDDEN
    if isinstance(spec.then, str):
        return f"refused: `{spec.then}`"
    return ", ".join(map(_told, spec.then)) or "nothing"


def _told(message: object) -> str:
    return f"`{message!r}`".replace("|", "\\|")
