"""What is measured, by name: the workbook and the alerts read the same names."""

from typing import Final

COMMANDS: Final = "onewrite.commands"
CONFLICTS: Final = "onewrite.conflicts"
RETRIES: Final = "onewrite.retries"
MENDED: Final = "onewrite.mended"
PARKED: Final = "onewrite.parked"
CHARGE: Final = "onewrite.request_charge"
FAILURES: Final = "onewrite.failed_batches"
TIMER_RUNS: Final = "onewrite.timer_runs"
BATCH: Final = "onewrite.batch_size"
LAG: Final = "onewrite.lag"
SWEEP_LAG: Final = "onewrite.sweep_lag"
UNFOLLOWED: Final = "onewrite.unfollowed"
PARKED_STREAMS: Final = "onewrite.parked_streams"

COUNTERS: Final = {
    COMMANDS: ("{command}", "Commands, by type and by what they came to"),
    CONFLICTS: ("{write}", "Writes that met other writers"),
    RETRIES: ("{attempt}", "Attempts after the first one, by service"),
    MENDED: ("{stream}", "Streams that the sweep had to send again"),
    PARKED: ("{stream}", "Streams that were parked, by consumer"),
    FAILURES: ("{batch}", "Batches that a function could not handle, and gets again"),
    TIMER_RUNS: ("{run}", "Runs of a timer that ended well, by stage"),
    CHARGE: ("{request unit}", "What the store charged, by operation"),
}
# No gauges: an instance that looks no more would go on telling what it saw last.
HISTOGRAMS: Final = {
    BATCH: ("{item}", "Commits of a write, messages of a batch, by stage"),
    LAG: ("s", "Age of the oldest event of a batch when a stage took it, or that waits for it"),
    SWEEP_LAG: ("s", "Age of the oldest commit that the sweep has not proven yet"),
    UNFOLLOWED: (
        "s",
        "For how long a feed of others has failed, by feed, whenever a run ends with it",
    ),
    PARKED_STREAMS: ("{stream}", "Streams that are parked, by consumer, whenever they are counted"),
}
