"""Who takes which lease: every host an equal share, free and expired ones first, then one from the richest.

As the change feed processor of the .NET SDK does ("dynamic scaling" in its documentation).
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """A lease as a host sees it: who holds it, if anybody still does."""

    id: str
    holder: str | None


def to_take(holdings: Sequence[Holding], host: str) -> list[str]:
    """Choose the leases that a host is to take now."""
    held = Counter(holding.holder for holding in holdings if holding.holder is not None)
    hosts = len(held.keys() | {host})
    share = -(-len(holdings) // hosts)
    wanted = share - held[host]
    if wanted <= 0:
        return []
    free = [holding.id for holding in holdings if holding.holder is None]
    if free:
        return free[:wanted]
    richest, most = max(held.items(), key=lambda of: of[1])
    if most <= share - (wanted > 1) or richest == host:
        return []
    return [random.choice([one.id for one in holdings if one.holder == richest])]  # noqa: S311
