"""What a business may declare, for people: made of the classes that it declares with, and their docstrings."""

import ast
import inspect
import textwrap
from collections.abc import Iterator

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider, Refusal
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import About, Domain
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Command, Event, Message, PublicEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.reactions.enricher import Enricher, Lookup
from shared.kernel.reactions.policy import Fact, Policy
from shared.kernel.reactions.receptor import Reaction, Receptor
from shared.kernel.views.view import View

HEAD = """\
# What a business may declare

All of it is pure Python: a business imports `shared.kernel` and pydantic. The [tutorial](your-own-business.md)
shows how. This page is made of the docstrings (`WRITE_DOCS=1 pytest tests/domain`).
"""
CHAPTERS: dict[str, tuple[type, ...]] = {
    "The whole": (Domain, About),
    "Commands and events": (Message, Command, Event),
    "Decisions": (Category, Decider, Refusal, Snapshots, StreamName),
    "Read models": (View,),
    "What follows from events": (Receptor, Reaction, Policy, Fact, Deadline),
    "What others are told": (Enricher, Lookup, PublicEvent),
    "What others tell": (InboundReceptor, OutsideData),
}


def page() -> str:
    """Write the reference as Markdown."""
    chapters = (
        f"\n## {title}\n" + "".join(_section(one) for one in classes)
        for title, classes in CHAPTERS.items()
    )
    return HEAD + "".join(chapters)


def _section(declared: type) -> str:
    said = inspect.cleandoc(declared.__doc__ or "")
    source = f"../{declared.__module__.replace('.', '/')}.py"
    rows = [
        f"| `{name}` | {_code(kind)} | {_code(default)} |\n"
        for name, kind, default in fields(declared)
    ]
    table = "\n| field | type | default |\n| --- | --- | --- |\n" + "".join(rows) if rows else ""
    return f"\n### {declared.__name__}\n\n{said}\n\n[`{declared.__module__}`]({source})\n{table}"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""


def fields(declared: type) -> Iterator[tuple[str, str, str]]:
    """Yield name, type and default of everything that a class is given: of its body, or of its constructor."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(declared))).body
    assert isinstance(tree, ast.ClassDef)
    for node in tree.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind, value=value):
                default = ast.unparse(value) if value else ""
                if "init=False" not in default:
                    yield name, ast.unparse(kind), _plain(default)
            case ast.FunctionDef(name="__init__", args=given):
                defaults = [None] * (len(given.args) - len(given.defaults)) + [*given.defaults]
                for one, value in list(zip(given.args, defaults, strict=True))[1:]:
                    asked = ast.unparse(one.annotation) if one.annotation else ""
                    yield one.arg, asked, ast.unparse(value) if value else ""


def _plain(default: str) -> str:
    """Show what a factory makes."""
    return {"field(default_factory=dict)": "{}"}.get(default, default)
