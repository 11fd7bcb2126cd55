"""What runs for long keeps within a budget: the platform gives what runs 30 seconds when it stops an instance."""

from typing import Final

import pytest

from consumers import blueprint as consumers
from consumers import deadlines, place_in_hub, scheduled_commands
from consumers.polling import polling
from consumers.webhooks import endpoint
from shared.adapters.settings import Settings
from shared.kernel.delivery.parking import RELEASE_TIME
from single_publisher import blueprint as publisher

STOP: Final = 30.0
SETTINGS: Final = Settings.read({"COSMOS": "c", "EVENTHUBS": "e", "EVENTGRID": "g"})
BUDGETS: Final = {
    "webhook": endpoint.BUDGET,
    "publisher": SETTINGS.publish_budget + SETTINGS.publish_timeout,
    "consumer": place_in_hub.BATCH_SECONDS,
    "sweep": publisher.SWEEP_SECONDS,
    "rebuild": consumers.REBUILD_SECONDS,
    "deadlines": deadlines.SECONDS,
    "polling": polling.SECONDS,
    "scheduled commands": scheduled_commands.SECONDS,
    "release": RELEASE_TIME.total_seconds(),
}


@pytest.mark.parametrize("what", BUDGETS)
def test_what_runs_for_long_ends_well_before_a_stop_cuts_it_off(what: str) -> None:
    assert 0 < BUDGETS[what] <= STOP - 5
