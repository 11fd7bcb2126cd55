"""A timer is counted each time that it ends well, and never when it fails."""

import azure.functions as func
import pytest

from shared.adapters import telemetry
from shared.adapters.otel.metric_names import FAILURES, TIMER_RUNS
from shared.adapters.triggers import timer_function
from tests.telemetry.worlds import World


async def test_a_good_end_and_a_failure_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    world, blueprint = World(), func.Blueprint()
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    failing = [False, True]

    @timer_function(blueprint, "0 * * * * *")
    async def often() -> None:
        if failing.pop(0):
            raise TimeoutError

    (built,) = blueprint._function_builders
    ring = built.build().get_user_function()
    await ring(None)
    with pytest.raises(TimeoutError):
        await ring(None)

    assert world.measured(TIMER_RUNS) == {("often",): 1}
    assert world.measured(FAILURES) == {("often",): 1}
