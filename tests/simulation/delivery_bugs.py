"""Planted bugs of the delivery engine: places, holes, attempts, parking."""

from tests.simulation.planting import Bug

FOLLOWER = "consumers.place_in_hub:Follower"

DELIVERY = [
    Bug(
        "what the platform has passed over is not missed",
        f"{FOLLOWER}.take",
        "if await self._reach(",
        "if False and await self._reach(",
    ),
    Bug(
        "nobody looks at the end of a hub",
        f"{FOLLOWER}._catch_up",
        "if place.number == last:",
        "if place.number >= -1:",
    ),
    Bug(
        "a place is noted before its batch is handled",
        f"{FOLLOWER}.take",
        "await self._handle(partition, messages)",
        "await self._advance(partition, messages[-1].number)\n"
        "    await self._handle(partition, messages)",
    ),
    Bug(
        "of what was passed over the last message is left out",
        f"{FOLLOWER}.take",
        "self._reach(partition, first - 1, self.hole_seconds) < first - 1",
        "self._reach(partition, first - 2, self.hole_seconds) < first - 2",
    ),
    Bug(
        "what a batch could not do counts as done when it comes again",
        "consumers.delivery:Delivery._lane",
        "return settled, error",
        "attempts.done.add(run.stream)\n            return settled, error",
    ),
    Bug(
        "a stream stays parked at its first poison when it meets a second",
        "shared.kernel.delivery.operator_decisions:_move",
        "if await parking.move(held, replace(marker, last_seen=last_seen)):",
        "if True:",
    ),
    Bug(
        "what an operator skips is not passed over",
        "shared.kernel.delivery.operator_decisions:skips",
        "one.action is Action.SKIP",
        "one.action is Action.RELEASE",
    ),
    Bug(
        "a command fails for good where its stream holds what newer code wrote",
        "consumers.mailbox:Mailbox._kept",
        "except (InvalidMessage, UnknownMessage, BrokenStream):",
        "except UnknownMessage:",
    ),
    Bug(
        "a release fills the rows, and the log keeps its hole",
        "consumers.projections:Projections._fold_anew",
        "await self._send(run.stream, [run.arrived[one] for one in sorted(run.arrived)])",
        "pass",
    ),
]
