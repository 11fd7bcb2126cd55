"""When a timer is due: NCRONTAB with six fields, in UTC."""

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from emulators.host.configuration import ConfigurationError

FIELDS = 6


def next_due(function: str, schedule: str) -> datetime:
    """Say when a timer is due next; raises ConfigurationError for a schedule that cannot be read."""
    if len(schedule.split()) != FIELDS:
        raise ConfigurationError(f"function '{function}': {schedule!r} has not six fields")
    try:
        return next(CronSim(schedule, datetime.now(UTC)))
    except (CronSimError, StopIteration) as error:
        raise ConfigurationError(f"function '{function}': {schedule!r}: {error}") from error
