"""What stops a replay: the log does not hold what it should."""

from shared.kernel.errors import LogError


class LogHole(LogError):
    """What the log should hold is not there, or not in order: nothing can be restored behind it."""

    code = "log-hole"


class LogGap(LogError):
    """A stream goes on in the log without this version, which may come later."""

    code = "log-gap"
    transient = True

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(f"{stream}@{version} has not come")
        self.stream = stream
        self.version = version


def broken(partition: int, file: str, what: str) -> LogHole:
    """Say what is wrong, and where; the hub has no name of a file."""
    where = f"file '{file}'" if file else "the hub"
    return LogHole(f"partition {partition}, {where}: {what}")


def lacking(partition: int, file: str, reached: int, begins: int) -> LogHole:
    """Say that what is between a number and the next that is there is missing."""
    return broken(partition, file, f"{reached + 1} to {begins - 1} are missing before {begins}")
