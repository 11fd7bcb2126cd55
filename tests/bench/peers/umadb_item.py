"""UmaDB, its server in a process beside: each append is on the disk before it is answered."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from umadb import AppendCondition, Client, Event, Query, QueryItem, TransportError

from tests.bench.peers.driver import serve

AT_ONCE = 500
"""So many events of one stream are filled in with one append."""


def event(stream: str, kind: str, **data: object) -> Event:
    return Event(kind, json.dumps(data).encode(), [stream])


def of(stream: str) -> Query:
    return Query([QueryItem(tags=[stream])])


class Items:
    """A state of each stream in memory, and the position that it was read at."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._states: dict[str, tuple[int, int]] = {}

    def fill(self, stream: str, events: int) -> None:
        received = [event(stream, "StockReceived", quantity=1) for _ in range(events - 1)]
        made = [event(stream, "ItemRegistered", name="Teapot", reorderPoint=0), *received]
        for begin in range(0, events, AT_ONCE):
            self._client.append(made[begin : begin + AT_ONCE])

    def receive(self, streams: Sequence[str], *, warm: bool) -> None:
        for stream in streams:
            known = self._states.get(stream) if warm else None
            available, at = known or self._loaded(stream)
            condition = AppendCondition(fail_if_events_match=of(stream), after=at)
            at = self._client.append([event(stream, "StockReceived", quantity=1)], condition)
            self._states[stream] = available + 1, at

    def _loaded(self, stream: str) -> tuple[int, int]:
        available, at = 0, 0
        for found in self._client.read(of(stream)):
            available += json.loads(found.event.data).get("quantity", 0)
            at = found.position
        return available, at


def connected(port: int) -> Client:
    """Wait for the server."""
    for _ in range(100):
        try:
            client = Client(f"http://127.0.0.1:{port}")
            client.head()
        except TransportError:
            time.sleep(0.05)
        else:
            return client
    raise TimeoutError("the server of UmaDB does not answer")


def arguments(folder: str, port: int) -> Iterable[str]:
    program = str(Path(sys.executable).with_name("umadb"))
    return program, "--listen", f"127.0.0.1:{port}", "--db-path", f"{folder}/uma.db"


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        started = [*arguments(folder, port)]
        with subprocess.Popen(started, stdout=subprocess.DEVNULL) as server:
            try:
                serve(version("umadb"), Items(connected(port)))
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
