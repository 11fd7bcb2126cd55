"""Planted bugs that no other test notices: they show only where faults meet."""

from tests.simulation.planting import Bug

PUBLISHER = "single_publisher"
SERVICE = "shared.kernel.commands.application_service:ApplicationService"
PROJECTIONS = "consumers.projections:Projections"

PROCESSING = "            await self.processor.process(envelope, event)\n"


def blaming(code: str) -> str:
    """Blame the event also when nothing but an error of this code may pass."""
    return (
        "            from shared.kernel.errors import Poison, leaves, may_pass\n"
        "            try:\n"
        "                await self.processor.process(envelope, event)\n"
        "            except ExceptionGroup as group:\n"
        "                later = [one for one in leaves(group) if may_pass(one)]\n"
        f"                if any(one.code != {code!r} for one in later):\n"
        "                    raise\n"
        "                raise Poison(envelope.subject, envelope.sequence, group) from group\n"
    )


UNNOTICED = [
    Bug(
        "an unknown outcome counts as written where the command's id is found, in whatever commit",
        f"{SERVICE}._append",
        "return Collided()",
        "own = found.commits[0].command_id == first.command_id\n"
        "        return Appended() if own else Collided()",
    ),
    Bug(
        "a batch of unknown outcome counts as written when its first command is found in its place",
        f"{SERVICE}._append",
        "return Collided()",
        "one = found.commits[0]\n"
        "        own = (one.first, one.command_id) == (first.first, first.command_id)\n"
        "        return Appended() if own else Collided()",
    ),
    Bug(
        "a refusal beside a repeat that collided is told because the tail has not moved",
        f"{SERVICE}._confirm",
        "(written is None and not newer)",
        "not newer",
    ),
    Bug(
        "who has lost a race is refused without another look",
        f"{SERVICE}._confirm",
        "elif proven and not",
        "elif (proven or one.collisions) and not",
    ),
    Bug(
        "a caused command whose outcome is not known counts as done",
        "consumers.reaction_handlers:Cause.handle",
        "    if failures:",
        "    failures = [f for f in failures if getattr(f, 'code', '') != 'outcome-unknown']\n"
        "    if failures:",
    ),
    Bug(
        "a write whose outcome stays unknown makes an event poisonous",
        "consumers.reactions:Reactions._handle",
        PROCESSING,
        blaming("outcome-unknown"),
    ),
    Bug(
        "what the log lacks is sent again, and nobody waits for it",
        f"{PROJECTIONS}._advance",
        "await self._send_again(row, missed)",
        "import asyncio\n"
        "        asyncio.gather(self._send_again(row, missed), return_exceptions=True)",
    ),
    Bug(
        "a store that does not answer the sweep parks the stream",
        f"{PUBLISHER}.publish:Publisher.replay",
        "    commits, unreadable = await read_past(self.store, stream, version - 1, skipped.keys())\n",
        "    try:\n"
        "        commits, unreadable = await read_past(\n"
        "            self.store, stream, version - 1, skipped.keys()\n"
        "        )\n"
        "    except Exception as error:\n"
        "        raise Poison(str(stream), version, error) from error\n",
    ),
    Bug(
        "what the log lacks could not be sent again, and its row moves on",
        f"{PROJECTIONS}._advance",
        "await self._send_again(row, missed)",
        "import asyncio\n"
        "        await asyncio.gather(self._send_again(row, missed), return_exceptions=True)",
    ),
    Bug(
        "what the sweep could not mend is left behind",
        f"{PUBLISHER}.sweep:_Run._prove",
        "if errors:",
        "if errors and len(errors) == len(lacking) > 1:",
    ),
    Bug(
        "a refusal among several is told although their batch collided",
        f"{SERVICE}._confirm",
        "elif proven and not",
        "elif (proven or len(open_) > 2) and not",
    ),
    Bug(
        "a store that is away while a command is decided makes an event poisonous",
        "consumers.reactions:Reactions._handle",
        PROCESSING,
        blaming("unavailable"),
    ),
]
