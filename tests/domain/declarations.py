"""What a business may declare, for people: made of the classes that it declares with, and their docstrings."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

from shared.kernel.commands import category, decider
from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.commands.decider import Decider, Refusal
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import About, Domain
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages import upcasting
from shared.kernel.messages.inbound_event import InboundEvent, InboundReceptor, OutsideData
from shared.kernel.messages.message import Command, Event, Message, PublicEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.reactions.enricher import Enricher, Lookup
from shared.kernel.reactions.policy import Fact, Policy
from shared.kernel.reactions.receptor import Reaction, Receptor
from shared.kernel.views import listing, view
from shared.kernel.views.view import View
from tests.specs.spec import Flow, Heard, Spec, Told
from tests.specs.spec import Reaction as Reaction_

HEAD = """\
# What a business may declare

All of it is pure Python: a business imports `shared.kernel` and pydantic. The [tutorial](your-own-business.md)
shows how, [who and when](who-and-when.md) has more on contexts, `allow`, `may_read` and deadlines, and
[types of fields](field-types.md) says what messages hold. This page is made of the docstrings
(`WRITE_DOCS=1 pytest tests/domain`).
"""
CHAPTERS: dict[str, tuple[type, ...]] = {
    "The whole": (Domain, About),
    "Commands and events": (Message, Command, Event),
    "Decisions": (Category, Decider, Context, Refusal, Snapshots, StreamName),
    "Read models": (View,),
    "What follows from events": (Receptor, Reaction, Policy, Fact, Deadline),
    "What others are told": (Enricher, Lookup, PublicEvent, PublicFeed),
    "What others tell": (InboundReceptor, OutsideData, InboundEvent),
    "Specs": (Spec, Reaction_, Told, Flow, Heard),
}
SPECS = """
What a business promises, as data: lists of these in `tests/specs/NAME/__init__.py`, each under a title that no
other spec of the business has. `make spec` holds them and says which are missing; `make test-domain` holds them
with every fault that may meet them; `make spec URL=http://127.0.0.1:7071` holds at a running function set what
requests can tell, and says what it leaves out. Whom a spec names with `by` is believed there only by a local host.

**`URL=` writes there**: it sends every command, and what that leads to stays, in streams and rows of new names
(`spec-…`, `h1-3f2a…`), in the log, and with those who are told or subscribe. No stream that was there is named: a
spec whose events send commands to one whose id cannot be renamed is left out. Use it on the local stack or a test
environment, never in production.

`FORBIDDEN` and `BEFORE_REACTIONS` come from `tests.specs.spec`, as the specs do.

What the `given` events of a `Flow` cause has followed before its command comes. Leave that out of `given`,
unless another given event needs it: if it is there twice, the flow says so.

| list | holds | must have one for |
| --- | --- | --- |
| `SPECS` | `Spec` | every command, event and refusal of each category |
| `REACTIONS` | `Reaction` | every event that a receptor or a policy reacts to |
| `TOLD` | `Told` | every public event |
| `FLOWS` | `Flow` | every view, in `shown`; every deadline, with `late=True` |
| `INBOUND` | `Heard` | every type of event of others |
"""
MODULES = (decider, category, upcasting, view, listing)
"""Where the types of functions and values are that fields name."""


def page() -> str:
    """Write the reference as Markdown."""
    chapters = (
        f"\n## {title}\n"
        + (SPECS if title == "Specs" else "")
        + "".join(_section(one) for one in classes)
        for title, classes in CHAPTERS.items()
    )
    return HEAD + "".join(chapters) + _types()


def _types() -> str:
    """Write what the names of types stand for."""
    rows = (
        f"| {_imported(module.__name__, name)} | {_code(kind)} | {said} |\n"
        for module in MODULES
        for name, kind, said in aliases(module)
    )
    return (
        "\n## Types of functions and values\n\n| name | stands for | which |\n| --- | --- | --- |\n"
        + "".join(rows)
    )


def aliases(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Yield name, meaning and docstring of each type that a module names for others."""
    body = ast.parse(inspect.getsource(module)).body
    for node, behind in pairwise(body):
        match node, behind:
            case (
                ast.TypeAlias(name=ast.Name(id=name), value=value),
                ast.Expr(value=ast.Constant(value=str(said))),
            ):
                yield name, ast.unparse(value), " ".join(said.split())


def _section(declared: type) -> str:
    said = inspect.cleandoc(declared.__doc__ or "")
    module, name = declared.__module__, declared.__name__
    heading = f"{name}, a spec" if declared is Reaction_ else name
    rows = [
        f"| `{name}` | {_code(kind)} | {_code(default)} |\n"
        for name, kind, default in fields(declared)
    ]
    table = "\n| field | type | default |\n| --- | --- | --- |\n" + "".join(rows) if rows else ""
    return f"\n### {heading}\n\n{said}\n\n{_imported(module, name)}\n{table}"


def _imported(module: str, name: str) -> str:
    return f"[`from {module} import {name}`](../{module.replace('.', '/')}.py)"


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
