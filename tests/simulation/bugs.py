"""Planted bugs: small, realistic mutations of kernel, roles and deciders, each of which a few worlds must find."""

from tests.simulation.asking_bugs import ASKING, TELLING
from tests.simulation.business_bugs import BUSINESS
from tests.simulation.delivery_bugs import DELIVERY
from tests.simulation.feed_bugs import REBUILDING, SWEEPING
from tests.simulation.following_bugs import FOLLOWING, SERVING
from tests.simulation.planting import Bug
from tests.simulation.platform_bugs import LEASES, PARTITIONS
from tests.simulation.pulling_bugs import PULLING
from tests.simulation.unnoticed import PROJECTIONS, PUBLISHER, SERVICE, UNNOTICED

KERNEL, DOMAIN = "shared.kernel", "shared.domain.shop"

NOTICED = [
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
        f"{SERVICE}._answer",
        "batch.after if is_written else loaded",
        "batch.after",
    ),
    Bug(
        "a command that comes twice in one batch is decided twice",
        f"{KERNEL}.commands.batch:decide_batch",
        "if request.command_id in commits:",
        "if request.command_id in ():",
    ),
    Bug(
        "a snapshot is that of the state before its commit",
        f"{KERNEL}.commands.batch:_accept",
        "snapshots.write(state)",
        "snapshots.write(loaded.state)",
    ),
    Bug(
        "a state that is kept beside the commits is that before its commit",
        f"{KERNEL}.commands.batch:decide_batch",
        "_large(category, verdict, after)",
        "_large(category, verdict, after._replace(state=loaded.state))",
    ),
    Bug(
        "a kept state stands for whatever commit was last",
        f"{KERNEL}.messages.commit:KeptState.is_of",
        "return (commit.version, commit.command_id) == (self.version, self.command_id)",
        "return True",
    ),
    Bug(
        "a row does not notice what it has missed",
        f"{KERNEL}.views.folding:advance",
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
        "what the store will never take hits all who wrote with it",
        "shared.kernel.commands.application_service:_apart",
        "    if len(refused) == 1:\n        refused[0].tell(error)\n        return ()\n",
        "    for one in refused:\n        one.tell(error)\n    if refused:\n        return ()\n",
    ),
    Bug(
        "what the store will never take counts as what may pass",
        f"{KERNEL}.errors:may_pass",
        "isinstance(one, OSError))",
        "isinstance(one, OSError)) or getattr(one, 'code', '') == 'store-refused'",
    ),
    Bug(
        "a batch is published when only one of its partitions failed",
        f"{PUBLISHER}.publish:Publisher._send",
        "if errors:",
        "if errors and len(errors) == len(sends):",
    ),
    Bug(
        "one stream's failure in a batch of many is forgotten",
        "consumers.delivery:Delivery.deliver",
        "if errors:",
        "if errors and len(errors) == len(lanes):",
    ),
    Bug(
        "a gap is filled, and the log keeps its hole",
        f"{PROJECTIONS}._filled",
        "await self._send_again(row, missed)",
        "pass",
    ),
    Bug(
        "of all that the log lacks, the first alone is sent again",
        f"{PROJECTIONS}._filled",
        "_send_again(row, missed)",
        "_send_again(row, missed[:1])",
    ),
    Bug(
        "what the log lacks is sent to another partition",
        f"{PROJECTIONS}._send",
        "partition_of(stream, log.partitions)",
        "partition_of(stream, log.partitions) - 1",
    ),
    Bug(
        "a store that does not answer makes an event poisonous",
        "shared.kernel.delivery.stream_pages:pages",
        "except UnreadableCommit as error:",
        "except Exception as error:\n"
        "            if not isinstance(error, UnreadableCommit):\n"
        "                raise Poison(str(stream), after + 1, error) from error",
    ),
    Bug(
        "an item promises one piece more than it has",
        f"{DOMAIN}.item.decisions:_reserve",
        "command.quantity > state.available",
        "command.quantity > state.available + 1",
    ),
    Bug(
        "one piece comes back from an order, however many it held",
        f"{DOMAIN}.item.process:decide_for_order",
        "ReservationReleased(reservation_id=reservation, quantity=held)",
        "ReservationReleased(reservation_id=reservation, quantity=1)",
    ),
    Bug(
        "an order is confirmed before its last line is reserved",
        f"{DOMAIN}.order.decisions:_record_reservation",
        "state.waiting != (sku,)",
        "len(state.waiting) > 2",
    ),
    Bug(
        "an order that is confirmed forgets that its goods have left",
        f"{DOMAIN}.order.decisions:_confirmed",
        "(confirmed, _shipped(state)) if state.dispatched else (confirmed,)",
        "(confirmed,)",
    ),
    Bug(
        "an unknown outcome leaves the state of its plan warm",
        f"{SERVICE}._append",
        "            raise\n",
        "            self._cache.put(stream, batch.after)\n            raise\n",
    ),
    Bug(
        "a cancelled write leaves the state of its plan warm",
        f"{SERVICE}._append",
        "    try:\n        written = await self._store.append(batch.commits)\n",
        "    from asyncio import CancelledError\n"
        "    try:\n        written = await self._store.append(batch.commits)\n"
        "    except CancelledError:\n        self._cache.put(stream, batch.after)\n        raise\n",
    ),
    Bug(
        "a repeat in a batch is answered although the batch collided",
        f"{SERVICE}._answer",
        "is_written and isinstance(verdict, (Commit, Repeat))",
        "isinstance(verdict, Repeat) or (is_written and isinstance(verdict, Commit))",
    ),
    Bug(
        "who asks beside others for what is so already is told so without another look",
        f"{SERVICE}._answer",
        "elif isinstance(verdict, Exception):",
        "elif isinstance(verdict, Exception) or (\n"
        "            len(taken) > 1 and type(verdict).__name__ == 'Unchanged'\n"
        "        ):",
    ),
    Bug(
        "a row is written under the tag that it has by now",
        f"{PROJECTIONS}._bring_up",
        "tag = known.tag if known else None",
        "known = await self.rows.read(at)\n        tag = known.tag if known else None",
    ),
    Bug(
        "who loses a row to another owner lets it go",
        f"{PROJECTIONS}._bring_up",
        "await self.rows.write(advanced, tag)",
        "await self.rows.write(advanced, tag) or known is not None",
    ),
    Bug(
        "the rows that are read are written before those that will be",
        f"{PROJECTIONS}._generations",
        "(filling, replace(self, views=generations.standing))",
        "(replace(self, views=generations.standing), filling)",
    ),
]

BUGS = [
    *(*NOTICED, *SWEEPING, *REBUILDING, *DELIVERY, *LEASES, *PARTITIONS, *TELLING, *ASKING),
    *(*BUSINESS, *UNNOTICED, *PULLING, *SERVING, *FOLLOWING),
]
