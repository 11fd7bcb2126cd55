"""What the processes that a test started have printed: shown with the test when it fails."""

from collections.abc import Callable
from pathlib import Path

LAST = 40
"""Lines of each process."""

_logs: dict[str, tuple[Path, Callable[[], bool]]] = {}


def keep(name: str, log: Path, ended: Callable[[], bool] = lambda: True) -> Path:
    """Notes where a process prints to, and returns it; what has not ended is shown with later tests too."""
    log.parent.mkdir(parents=True, exist_ok=True)
    _logs[f"{name} ({log})"] = log, ended
    return log


def last_lines() -> list[tuple[str, str]]:
    """Returns the last lines of each process that printed something."""
    found = [
        (name, log.read_text(errors="replace")) for name, (log, _) in _logs.items() if log.exists()
    ]
    return [(name, "\n".join(said.splitlines()[-LAST:])) for name, said in found if said.strip()]


def forget() -> None:
    """Forgets the processes that have ended with their test."""
    for name in [name for name, (_, ended) in _logs.items() if ended()]:
        del _logs[name]
