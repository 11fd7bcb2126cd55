"""Planted bugs: small, realistic mutations of kernel and roles, each of which a few worlds must find."""

from tests.simulation.planting import Bug

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
    Bug(
        "an unknown outcome counts as written where the command's id is found, in whatever commit",
        f"{SERVICE}._append",
        "return Collided()",
        "own = found.commits[0].command_id == first.command_id\n"
        "        return Appended() if own else Collided()",
        only_here=True,
    ),
    Bug(
        "a batch of unknown outcome counts as written when its first command is found in its place",
        f"{SERVICE}._append",
        "return Collided()",
        "one = found.commits[0]\n"
        "        own = (one.first, one.command_id) == (first.first, first.command_id)\n"
        "        return Appended() if own else Collided()",
        only_here=True,
    ),
    Bug(
        "an unknown outcome leaves the state of its plan warm",
        f"{SERVICE}._append",
        "            raise\n",
        "            self._warm.put(stream, planned.after)\n            raise\n",
        only_here=True,
    ),
    Bug(
        "a cancelled write leaves the state of its plan warm",
        f"{SERVICE}._append",
        "    try:\n        written = await self._store.append(planned.commits)\n",
        "    from asyncio import CancelledError\n"
        "    try:\n        written = await self._store.append(planned.commits)\n"
        "    except CancelledError:\n        self._warm.put(stream, planned.after)\n        raise\n",
        only_here=True,
    ),
    Bug(
        "a refusal beside a repeat that collided is told because the tail has not moved",
        f"{SERVICE}._confirm",
        "(written is None and not newer)",
        "not newer",
        only_here=True,
    ),
    Bug(
        "who has lost a race is refused without another look",
        f"{SERVICE}._confirm",
        "elif proven and not",
        "elif (proven or one.collisions) and not",
        only_here=True,
    ),
    Bug(
        "a repeat in a batch is answered although the batch collided",
        f"{SERVICE}._write",
        "isinstance(written, Appended) and isinstance(verdict, Commit | Repeat)",
        "isinstance(verdict, Repeat) or (isinstance(written, Appended) and isinstance(verdict, Commit))",
        only_here=True,
    ),
    Bug(
        "a caused command whose outcome is not known counts as done",
        "consumers.causing:_cause",
        "if isinstance(result, BaseException)]",
        "if isinstance(result, BaseException) and getattr(result, 'code', '') != 'outcome-unknown']",
        only_here=True,
    ),
    Bug(
        "a write whose outcome stays unknown makes an event poisonous",
        "consumers.reactions:Reactions._process",
        "and one.transient]",
        "and one.transient and one.code != 'outcome-unknown']",
        only_here=True,
    ),
    Bug(
        "what the log lacks is sent again, and nobody waits for it",
        f"{PROJECTIONS}._advance",
        "await self._send_again(row, stored)",
        "asyncio.gather(self._send_again(row, stored), return_exceptions=True)",
        only_here=True,
    ),
    Bug(
        "a row is written under the tag that it has by now",
        f"{PROJECTIONS}._bring_up",
        "tag = stored.tag if stored else None",
        "stored = await self.rows.read(at)\n        tag = stored.tag if stored else None",
        only_here=True,
    ),
    Bug(
        "a store that does not answer the sweep parks the stream",
        f"{PUBLISHER}.publish:Publisher.replay",
        "except InvalidMessage as error:",
        "except Exception as error:",
        only_here=True,
    ),
]
