"""What stops a replay: the log does not hold what it should."""

from shared.kernel.errors import LogError


class LogHole(LogError):
    """Numbers of a partition do not follow one another; `file` is where that shows, empty for the hub."""

    code = "log-hole"

    def __init__(self, partition: int, file: str, what: str) -> None:
        where = f"file '{file}'" if file else "the hub"
        super().__init__(f"partition {partition}, {where}: {what}")
        self.partition = partition
        self.file = file


def lacking(partition: int, file: str, reached: int, begins: int) -> LogHole:
    """Say that what is between a number and the next that is there is missing."""
    return LogHole(partition, file, f"{reached + 1} to {begins - 1} are missing before {begins}")
