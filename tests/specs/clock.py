"""Specs that the time decides: no request sets it, so over HTTP such a spec comes to something else."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.kernel.asking import at_noon
from tests.specs.by_roles import by_roles
from tests.specs.spec import Flow, Spec
from tests.specs.ways import category_of, decided, history

NO_CLOCK = "no request sets the time"


def decided_by_the_clock(spec: Spec) -> bool:
    """Tell whether a spec is decided otherwise now than at the time that specs have, as a day or a limit is."""
    return _came_to(spec, at_noon()) != _came_to(spec, datetime.now(UTC))


async def ends_by_the_clock(flow: Flow) -> bool:
    """Tell whether a flow ends otherwise now than at the time that flows have."""
    at_its_time = await by_roles(flow, None, history)
    return at_its_time != await by_roles(replace(flow, at=datetime.now(UTC)), None, history)


def _came_to(spec: Spec, at: datetime) -> object:
    try:
        return decided(replace(spec, at=at), category_of(type(spec.when)))
    except Exception as error:  # noqa: BLE001 - whatever a decider raises, it raises over HTTP too
        return repr(error)
