"""What the processes that a test started have printed: shown with the test when it fails."""

from pathlib import Path

LAST = 40
"""Lines of each process."""

_logs: dict[str, Path] = {}


def keep(name: str, log: Path) -> Path:
    """Notes where a process prints to, and returns it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    _logs[f"{name} ({log})"] = log
    return log


def last_lines() -> list[tuple[str, str]]:
    """Returns the last lines of each process that printed something."""
    found = [(name, log.read_text(errors="replace")) for name, log in _logs.items() if log.exists()]
    return [(name, "\n".join(said.splitlines()[-LAST:])) for name, said in found if said.strip()]


def forget() -> None:
    """Forgets the processes of a test that has ended."""
    _logs.clear()
