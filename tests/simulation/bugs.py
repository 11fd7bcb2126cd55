"""Planted bugs: small, realistic mutations of kernel and roles, each of which a few worlds must find.

A bug is a change of source text, so that it cannot outlive the code that it changes.
"""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bug:
    """In a place (module:function), `right` becomes `wrong`."""

    name: str
    place: str
    right: str
    wrong: str


KERNEL, PUBLISHER = "shared.kernel", "single_publisher"
SERVICE = f"{KERNEL}.application_service:ApplicationService"
PROJECTIONS = "consumers.projections:Projections"

BUGS = [
    Bug(
        "a refusal is told although the tail has moved",
        f"{SERVICE}._confirm",
        "isinstance(written, Appended) or (written is None and not newer)",
        "True",
    ),
    Bug(
        "after a collision nobody asks for the command's own commit",
        f"{SERVICE}._confirm",
        "stored.get(one.request.command_id)",
        "None",
    ),
    Bug(
        "an unknown outcome counts as written once anything is stored in its place",
        f"{SERVICE}._append",
        "return Collided()",
        "return Appended()",
    ),
    Bug(
        "the state moves on although the write did not happen",
        f"{SERVICE}._write",
        "planned.after if isinstance(written, Appended) else loaded",
        "planned.after",
    ),
    Bug(
        "a command that comes twice in one batch is decided twice",
        f"{KERNEL}.plan:plan",
        "if request.command_id in commits:",
        "if request.command_id in ():",
    ),
    Bug(
        "a snapshot is that of the state before its commit",
        f"{KERNEL}.plan:_accept",
        "_snapshot(category, state)",
        "_snapshot(category, loaded.state)",
    ),
    Bug(
        "a row does not notice what it has missed",
        f"{KERNEL}.view:advance",
        "if version != expected:",
        "if version < expected:",
    ),
    Bug(
        "the publisher trusts the order of a page",
        f"{PUBLISHER}.messages:by_partition",
        "in sorted(found)",
        "in found",
    ),
    Bug(
        "a batch is published when only one of its partitions failed",
        f"{PUBLISHER}.publish:Publisher._send",
        "if errors:",
        "if errors and len(errors) == len(sends):",
    ),
    Bug(
        "one stream's failure in a batch of many is forgotten",
        f"{PROJECTIONS}.project",
        "if errors:",
        "if errors and len(errors) == len(handled):",
    ),
    Bug(
        "a gap is filled, and the log keeps its hole",
        f"{PROJECTIONS}._advance",
        "await self._send_again(row, stored)",
        "pass",
    ),
    Bug(
        "of all that the log lacks, the first alone is sent again",
        f"{PROJECTIONS}._advance",
        "_send_again(row, stored)",
        "_send_again(row, stored[:1])",
    ),
    Bug(
        "what the log lacks is sent to another partition",
        f"{PROJECTIONS}._send_again",
        "partition_of(row.at.stream, log.partitions)",
        "partition_of(row.at.stream, log.partitions) - 1",
    ),
    Bug(
        "a store that does not answer makes an event poisonous",
        f"{PROJECTIONS}._missed",
        "except InvalidMessage",
        "except Exception",
    ),
    Bug(
        "the sweep looks at the first commit of a stream on a page",
        f"{PUBLISHER}.sweep:_last",
        "known.version < commit.version",
        "known.version > commit.version",
    ),
    Bug(
        "the sweep takes the commit itself for what the row has seen",
        f"{PUBLISHER}.sweep:Sweep._seen",
        "seen = min(",
        "seen = max(",
    ),
    Bug(
        "the sweep sends from the second missing version on",
        f"{PUBLISHER}.sweep:Sweep._mend",
        "replay(stream, seen + 1)",
        "replay(stream, seen + 2)",
    ),
    Bug(
        "the sweep notes its place before it has mended the page",
        f"{PUBLISHER}.sweep:Sweep.run",
        "commits = _last(page.items)",
        "commits = _last(page.items); await self.progress.write(name, page.position)",
    ),
]


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """Plant a bug wherever its function is known, and take it out again."""
    module_name, _, path = bug.place.partition(":")
    module = importlib.import_module(module_name)
    *owners, name = path.split(".")
    owner: Any = module
    for one in owners:
        owner = getattr(owner, one)
    right = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(right))
    assert source.count(bug.right) == 1, f"{bug.name}: {bug.right!r} is not there once"
    made: dict[str, Any] = {}
    exec(source.replace(bug.right, bug.wrong), vars(module), made)
    places = [owner] if owners else [m for m in sys.modules.values() if _knows(m, name, right)]
    for place in places:
        setattr(place, name, made[name])
    try:
        yield
    finally:
        for place in places:
            setattr(place, name, right)


def _knows(module: Any, name: str, function: object) -> bool:
    return getattr(module, "__dict__", {}).get(name) is function
