"""Derived ids: what an event causes has an id of its own making, so a redelivered event causes nothing new.

Each begins with a word and a space, and no key of a client holds a space: the two kinds of ids never meet.
Only names with a meaning go into an id: no index, no module, no version of the code. So a deployment that reorders
or renames modules makes the same ids, and the unique command ids of the store take them once.
"""

import json
from uuid import UUID, uuid5

from shared.kernel.messages.stream import StreamName

NAMESPACE = UUID("004c4c5e-75cf-4608-8767-8c9c9779f446")
"""The project's own (RFC 9562, section 5.5): another namespace would repeat everything that was ever caused."""

_CAUSED, _FACT = "caused ", "fact "

# Made once: to make one for each id costs more than to write it.
_as_json = json.JSONEncoder(separators=(",", ":")).encode


def derived_id(event_id: str, reaction: str, target: StreamName, key: str) -> str:
    """Name the command that a reaction to one event sends to a stream under a key."""
    return _CAUSED + _uuid(event_id, reaction, str(target), key)


def fact_id(policy: str, target: StreamName, key: str) -> str:
    """Name a fact by its stream and its key alone: whichever event it is made of, it is recorded once."""
    return _FACT + _uuid(policy, str(target), key)


def reaction_name(name: str) -> str:
    """Name a reaction where others have the name of who asked."""
    return f"reaction {name}"


def is_derived(command_id: str) -> bool:
    """Tell whether an id was derived, and is no client's."""
    return command_id.startswith((_CAUSED, _FACT))


def is_fact(command_id: str) -> bool:
    """Tell whether an id is that of a fact, which may have been made of another event."""
    return command_id.startswith(_FACT)


def chain_id(source: str, event_id: str) -> str:
    """Name what follows from an event of others: those who hear of it are not told who told us."""
    return _uuid(source, event_id)


def _uuid(*parts: str) -> str:
    # JSON keeps the parts apart, whatever characters they hold.
    return str(uuid5(NAMESPACE, _as_json(parts)))
