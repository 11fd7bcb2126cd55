"""What each role asks of the cloud, read out of its code: its triggers, the ports it opens, what it calls."""

import ast
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from infra.local.stack import ROOT
from tests.infra.clouds import functions

type Rights = dict[str, set[str]]


class Port(NamedTuple):
    """What a port of `wiring` stands for, what opening it needs, and what some of its methods need beyond."""

    what: str
    right: str
    more: dict[str, str]


WRITING: Final = dict.fromkeys(("park", "seen", "unpark", "decide"), "write")
PORTS: Final = {
    # It tries in the container whether a command id is taken once.
    "event_store": Port("events", "append", {}),
    "dispatcher": Port("events", "append", {}),
    "event_reader": Port("events", "read", {}),
    "feed": Port("events", "read", {}),
    "feed_pages": Port("feeds", "read", {"write": "write", "note": "write"}),
    "leases": Port("leases", "read", {}),
    "rows": Port("views", "read", {"write": "write", "delete": "write"}),
    "served_rows": Port("views", "read", {}),
    "delivered_rows": Port("views", "read", {}),
    "parking": Port("parked", "read", WRITING),
    "progress": Port("progress", "read", {"write": "write"}),
    "outcomes": Port("outcomes", "read", {"write": "append", "fate": "append"}),
    "receipts": Port("outcomes", "read", {"first": "append"}),
    "log": Port("hub events", "send", {}),
    "warm": Port("hub events", "send", {}),
    "log_reader": Port("hub events", "receive", {}),
    "mailbox": Port("hub commands", "send", {}),
    "mailbox_reader": Port("hub commands", "receive", {}),
    "notifier": Port("topic", "notify", {}),
    "archive": Port("archive", "read", {}),
}
OF_THE_PROCESS: Final = {
    "settings",
    "webhook_settings",
    "token_verifier",
    "others_feeds",
    "now",
    "clock",
    "pause",
    "attempts",
}
# Each does what those before it do, too.
STRONGER: Final = ("read", "append", "write")


@cache
def needs(role: str) -> Rights:
    """Give what a role needs, by what it needs it for."""
    found: Rights = {}
    for what, right in (*_of_triggers(role), *_of_ports(role)):
        found.setdefault(what, set()).add(right)
    return {what: _strongest(rights) for what, rights in found.items()}


def together(rights: Iterator[Rights]) -> Rights:
    """Add up what several roles need."""
    found: Rights = {}
    for one in rights:
        for what, right in one.items():
            found.setdefault(what, set()).update(right)
    return found


def _of_triggers(role: str) -> Iterator[tuple[str, str]]:
    for folder, trigger in functions().values():
        if folder == role and trigger["type"] == "eventHubTrigger":
            yield f"hub {trigger['eventHubName']}", "receive"
        if folder == role and trigger["type"] == "cosmosDBTrigger":
            yield trigger["containerName"], "read"
            yield trigger["leaseContainerName"], "write"


def _of_ports(role: str) -> Iterator[tuple[str, str]]:
    used = _used(role)
    for owner, name in used:
        if owner == "wiring" and name not in OF_THE_PROCESS:
            port = PORTS[name]
            yield port.what, port.right
            if port.right == "append" and port.what == "events":
                # Beside its commits it keeps states that are too large for them.
                yield "snapshots", "write"
            for method, right in port.more.items():
                if (name, method) in used:
                    yield port.what, right


@cache
def _used(role: str) -> set[tuple[str, str]]:
    """Give every `owner.name` of the code of a role, and of the functions of the kernel that it imports."""
    found: set[tuple[str, str]] = set()
    for path in (ROOT / role).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= _attributes(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("shared.kernel"):
                for function in _functions(str(node.module), {one.name for one in node.names}):
                    found |= _attributes(function)
    return found


def _attributes(tree: ast.AST) -> set[tuple[str, str]]:
    """Give every `owner.name`, without what the owner itself belongs to."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                found.add((owner, name))
    return found


def _functions(module: str, names: set[str]) -> Iterator[ast.AST]:
    path = ROOT / f"{module.replace('.', '/')}.py"
    if path.is_file():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names:
                yield node


def _strongest(rights: set[str]) -> set[str]:
    ordered = [right for right in STRONGER if right in rights]
    return rights - set(ordered[:-1])
