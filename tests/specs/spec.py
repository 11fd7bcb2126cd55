"""A spec is data: given events, when a command, then events or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.decider import Decision, Refusal
from shared.kernel.message import Command, Event


@dataclass(frozen=True)
class Spec:
    """One sentence of the business. A refusal is expected by its code; its sentence is for people."""

    title: str
    given: Sequence[Event]
    when: Command
    then: Sequence[Event] | str


def compared(spec: Spec, decision: Decision[Any]) -> list[str]:
    """Say what was decided otherwise than a spec wants; nothing, when it is the same."""
    if isinstance(spec.then, str):
        found = decision.code if isinstance(decision, Refusal) else f"events {decision}"
        return [] if found == spec.then else [f"expected refusal {spec.then!r}, got {found!r}"]
    if isinstance(decision, Refusal):
        return [f"expected {len(spec.then)} events, got refusal {decision.code!r}"]
    if list(decision) == list(spec.then):
        return []
    return [f"expected {list(spec.then)}", f"got {list(decision)}"]


def story(spec: Spec, found: Sequence[str] = ()) -> str:
    """Tell a spec, and what was found instead."""
    lines = [spec.title, "  given"]
    lines += [f"    {event!r}" for event in spec.given] or ["    nothing"]
    lines += ["  when", f"    {spec.when!r}", "  then", *_then(spec)]
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(found, start=1)]
    return "\n".join(lines)


def _then(spec: Spec) -> list[str]:
    if isinstance(spec.then, str):
        return [f"    it is refused: {spec.then}"]
    return [f"    {event!r}" for event in spec.then] or ["    nothing"]
