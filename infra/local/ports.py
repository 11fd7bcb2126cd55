"""Where everything listens: the ports of the official emulators, or ports that are this process's own."""

import os
import socket
import tempfile
from argparse import ArgumentParser, Namespace
from dataclasses import asdict, dataclass, fields
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

FIRST: Final = 10_000
"""The blocks end below 32,768, where Linux takes the ports of outgoing connections from."""
BLOCK: Final = 200
BLOCKS: Final = 100

_next = count()


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens; the defaults are those of the official emulators."""

    http: int = 7071
    cosmos: int = 8081
    event_hubs: int = 5672
    event_grid: int = 6501
    faults: int = 8090

    @classmethod
    def free(cls) -> "Ports":
        """Return ports that nobody listens on, and that no other process is given."""
        return cls(*(free_port() for _ in fields(cls)))

    @classmethod
    def given(cls, arguments: Namespace) -> "Ports":
        """Return those of a command line (`add_ports`)."""
        return cls(*(getattr(arguments, field.name) for field in fields(cls)))

    def taken(self) -> tuple[str, int] | None:
        """Return the first port that somebody listens on, behind the option that names it."""
        return next(
            ((option(name), port) for name, port in asdict(self).items() if is_taken(port)), None
        )


def option(name: str) -> str:
    """Return the option of a command line that names a port."""
    return f"--{name.replace('_', '-')}"


def add_ports(parser: ArgumentParser) -> None:
    """Let a command line say where everything listens."""
    for field in fields(Ports):
        parser.add_argument(option(field.name), type=int, default=field.default, help="its port")


def is_taken(port: int) -> bool:
    """Tell whether somebody listens on a port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return True
    return False


def free_port() -> int:
    """Return the next port that nobody listens on, from the block of this process."""
    while is_taken(port := FIRST + _block() * BLOCK + next(_next) % BLOCK):
        # A server of somebody else, or one that this process started before.
        continue
    return port


@cache
def _block() -> int:
    """Lock a block of ports for as long as this process lives: the lock goes with the open descriptor."""
    import fcntl  # not on Windows, where only `make run` with its fixed ports works

    folder = Path(tempfile.gettempdir()) / f"onewrite-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for number in range(BLOCKS):
        file = os.open(folder / str(number), os.O_CREAT | os.O_WRONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            continue
        return number
    raise OSError(f"all {BLOCKS} blocks of ports are in use: see {folder}")
