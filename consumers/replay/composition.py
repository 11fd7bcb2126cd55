"""What replays the log, assembled."""

from typing import TYPE_CHECKING

from shared.adapters import wiring

if TYPE_CHECKING:
    from consumers.projections import Projections
    from consumers.replay.audit import Audit
    from consumers.replay.filling import LogFilling
    from consumers.replay.log import WholeLog
    from consumers.replay.restoring import Restoring


async def whole_log() -> "WholeLog":
    """Give all that the hub of events has ever held, as far as it is archived somewhere."""
    from consumers.replay.log import WholeLog

    archive = await wiring.archive() if wiring.settings().archive else None
    return WholeLog(await wiring.log_reader(), archive)


async def filling_from_log(projections: "Projections") -> "LogFilling":
    """Give what fills views from the log."""
    from consumers.replay.filling import LogFilling

    return LogFilling(projections, whole_log, await wiring.progress())


async def restoring() -> "Restoring":
    """Give what restores the store from the log."""
    from consumers.replay.restoring import Restoring

    return Restoring(await whole_log(), await wiring.event_store())


async def auditing() -> "Audit":
    """Give what audits store and log; the publisher is given the time that the sweep gives it."""
    from consumers.replay.audit import Audit

    return Audit(
        await wiring.feed(),
        await wiring.event_reader(),
        whole_log,
        await wiring.parking(),
        await wiring.progress(),
        wiring.settings().sweep_age,
    )
