"""`make restore-store`: restores the store from the log, with the settings of the functions in the environment."""

import asyncio
import sys

from consumers.replay.composition import restoring
from consumers.replay.restoring import Restored
from shared.adapters import wiring
from shared.adapters.names import EVENTS_HUB

TOLD = 100


def told(partition: int, found: Restored) -> str:
    """Say what was restored of a partition, and what was not."""
    lines = [f"partition {partition}: {found.commits} commits restored"]
    if found.unreadable:
        lines.append(f"  {found.unreadable} messages are no events")
    lines += [f"  not restored: {one}" for one in found.missing[:TOLD]]
    if len(found.missing) > TOLD:
        lines.append(f"  and {len(found.missing) - TOLD} more streams")
    return "\n".join(lines)


async def main() -> int:
    """Restore partition by partition; returns 1 when not all could be."""
    whole, work = True, await restoring()
    for partition in range(wiring.settings().partitions(EVENTS_HUB)):
        found = await work.partition(partition)
        print(told(partition, found), flush=True)
        whole = whole and not found.missing and not found.unreadable
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
