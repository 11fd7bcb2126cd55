"""Faults on demand: seeded rules that say which request fails, and how.

The same seed and the same order of requests make the same choices.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field, fields
from itertools import chain
from typing import Any, Self

VOCABULARY = {
    "cosmos": frozenset(
        {
            *("throttle", "503", "410", "449", "408", "413"),
            *("drop-before", "drop-after", "reset-before", "reset-after"),
            *("delay", "delay-before", "duplicate", "split", "merge"),
        }
    ),
    "event-hubs": frozenset(
        {
            *("reject", "internal-error", "detach", "drop-before", "drop-after"),
            *("delay", "duplicate", "steal", "idle-drop", "lose"),
        }
    ),
    "event-grid": frozenset(
        {"400", "429", "503", "drop-before", "drop-after", "delay", "duplicate"}
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to fail: `every` nth, the nth requests `at`, or a share (`probability`) of those that match.

    Where a text is given that they are `about`, only those match whose body has it. What strikes is counted as the
    fault, or under a `name`.
    """

    service: str
    fault: str
    operation: str | None = None
    container: str | None = None
    probability: float = 0.0
    every: int = 0
    at: Sequence[int] = ()
    times: int | None = None
    seconds: float = 0.0
    about: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.fault not in VOCABULARY.get(self.service, ()):
            raise ValueError(f"{self.service!r} has no fault {self.fault!r}: see {VOCABULARY}")

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Self:
        """Read a rule; raises ValueError that names what is wrong."""
        unknown = given.keys() - {known.name for known in fields(cls)}
        if unknown or not {"service", "fault"} <= given.keys():
            raise ValueError(f"a rule has service and fault, and nothing like {sorted(unknown)}")
        return cls(**given)

    def matches(self, service: str, operation: str, container: str | None, body: bytes) -> bool:
        """Tell whether a request is one of those that may fail."""
        return (
            service == self.service
            and self.operation in {None, operation}
            and self.container in {None, container}
            and self.about.encode() in body
        )


@dataclass(slots=True)
class _Running:
    rule: Rule
    dice: random.Random
    seen: int = 0
    fired: int = 0

    def strikes(self, service: str, operation: str, container: str | None, body: bytes) -> bool:
        rule = self.rule
        if not rule.matches(service, operation, container, body):
            return False
        self.seen += 1
        struck = (
            self.dice.random() < rule.probability
            or (rule.every > 0 and self.seen % rule.every == 0)
            or self.seen in rule.at
        )
        if struck and (rule.times is None or self.fired < rule.times):
            self.fired += 1
            return True
        return False


def _running(seed: int, rules: Sequence[Rule]) -> list[_Running]:
    return [
        _Running(rule, random.Random(f"{seed}/{number}"))  # noqa: S311 - dice, not secrets
        for number, rule in enumerate(rules)
    ]


@dataclass(slots=True)
class Faults:
    """The rules in force, and how often each fault has struck; standing ones are never replaced."""

    standing: InitVar[Sequence[Rule]] = ()
    _rules: list[_Running] = field(default_factory=list)
    _standing: list[_Running] = field(init=False)
    _fired: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self, standing: Sequence[Rule]) -> None:
        self._standing = _running(0, standing)

    def replace(self, seed: int, rules: Sequence[Rule]) -> None:
        """Put new rules in force and forget what struck before."""
        self._rules = _running(seed, rules)
        self._fired = Counter()

    def choose(
        self, service: str, operation: str, container: str | None, body: bytes = b""
    ) -> Rule | None:
        """Choose what happens to a request: the first rule that strikes, or nothing."""
        self.asked[f"{service} {operation} {container}"] += 1
        asked = service, operation, container, body
        # Every standing rule counts every request, whichever of them strikes.
        standing = [one.rule for one in self._standing if one.strikes(*asked)]
        others = (one.rule for one in self._rules if one.strikes(*asked))
        rule = next(chain(standing, others), None)
        if rule is not None:
            self._fired[f"{service}/{rule.name or rule.fault}"] += 1
        return rule

    def fired(self) -> dict[str, int]:
        """Count what struck, by `service/fault`."""
        return dict(self._fired)
