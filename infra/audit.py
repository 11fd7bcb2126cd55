"""`make audit`: audits store and log, with the settings of the functions in the environment."""

import asyncio
import sys

from consumers.replay.audit_note import AuditNote
from consumers.replay.composition import auditing

STEP = 10.0
"""After so many seconds it says how far it is."""


def told(note: AuditNote) -> str:
    """Say how far an audit is, and what it found once it has ended."""
    if note.phase == "running":
        return f"{note.ended} of {note.buckets} buckets compared"
    found = note.differences
    compared = f"{note.events} events of the store compared with {note.messages} of the log"
    lines = [f"{compared}: {found.counted} differences", *(f"  {one}" for one in found.first)]
    if found.counted > len(found.first):
        lines.append(f"  and {found.counted - len(found.first)} more")
    if note.stopped is not None:
        lines.append(f"stopped: {note.stopped}")
    return "\n".join(lines)


async def main() -> int:
    """Audit, or go on with an audit that was begun; returns 1 unless store and log say the same."""
    audit = await auditing()
    note = await audit.begin()
    while note.phase == "running":
        await audit.run(STEP)
        note = await audit.note() or note
        print(told(note), flush=True)
    return 0 if note.agrees else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
