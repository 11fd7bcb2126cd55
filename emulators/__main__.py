"""Serves the emulators of Cosmos DB, Event Hubs and Event Grid, and the API of their faults, in one process."""

import argparse
import asyncio
import contextlib
import json
import signal
import ssl
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

from emulators import connections
from emulators.control import Control
from emulators.cosmos import CosmosServer
from emulators.cosmos.described import DescriptionError
from emulators.event_grid import EventGridServer
from emulators.event_grid.topics import parse_topics
from emulators.event_hubs import EventHubsServer
from emulators.faults import Faults, Rule
from emulators.parent import parent_ends

USAGE: Final = "python -m emulators [options] | python -m emulators host --app FOLDER [options]"
LEVELS: Final = ("Strong", "BoundedStaleness", "Session", "ConsistentPrefix", "Eventual")


async def serve(given: argparse.Namespace, names: dict[str, Any]) -> None:
    """Serve until a signal comes or the parent ends."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    given.state.mkdir(parents=True, exist_ok=True)
    faults = Faults(_standing(given))
    cosmos = CosmosServer(given.state, faults, given.ranges, given.consistency, given.token)
    event_hubs = EventHubsServer(given.state, names.get("hubs", {}), faults, given.token)
    topics = names.get("topics", {})
    event_grid = EventGridServer(
        given.state, faults, topics, pace=given.event_grid_pace, timeout=given.event_grid_timeout
    )
    await cosmos.make(names)
    _check_capture(names)
    tls = _tls(given)
    runner, cosmos_port = await cosmos.serve(given.cosmos, tls)
    event_hubs_port = await event_hubs.serve(given.event_hubs, tls)
    topics_runner, event_grid_port = await event_grid.serve(given.event_grid, tls)
    control, faults_port = await Control(faults, cosmos).serve(given.faults)
    ready = {
        "ready": True,
        "cosmos": cosmos_port,
        "eventHubs": event_hubs_port,
        "eventGrid": event_grid_port,
        "faults": faults_port,
        "connections": {
            "cosmos": connections.cosmos(cosmos_port, tls=given.tls),
            "eventHubs": connections.event_hubs(event_hubs_port, tls=given.tls),
            "topics": {
                name: connections.event_grid(event_grid_port, name, tls=given.tls)
                for name in topics
            },
        },
        **({"certificate": str((given.state / "certificate.pem").resolve())} if given.tls else {}),
    }
    print(json.dumps(ready), flush=True)
    parent = asyncio.create_task(parent_ends())
    parent.add_done_callback(lambda _: stopped.set())
    await stopped.wait()
    parent.cancel()
    await event_hubs.close()
    await control.cleanup()
    await topics_runner.cleanup()
    await event_grid.close()
    await runner.cleanup()
    cosmos.close()


def _standing(given: argparse.Namespace) -> list[Rule]:
    return [
        Rule("cosmos", change, container=container, at=(number,))
        for change in ("split", "merge")
        for container, number in getattr(given, change)
    ]


def _tls(given: argparse.Namespace) -> ssl.SSLContext | None:
    if not given.tls:
        return None
    try:
        from emulators.tls import server_context
    except ModuleNotFoundError as error:
        sys.exit(f"emulators: --tls needs {error.name}: install the extra [tls]")
    return server_context(given.state)


def _check_capture(names: dict[str, Any]) -> None:
    if any("capture" in hub for hub in names["hubs"].values()):
        try:
            import fastavro  # noqa: F401 - it is needed later
        except ModuleNotFoundError as error:
            sys.exit(f"emulators: capture needs {error.name}: install the extra [capture]")


def _described(given: argparse.Namespace) -> dict[str, Any]:
    """Read what the emulators have from their start: of a file, and of the arguments, which win.

    Raises OSError or ValueError that says what is wrong.
    """
    names: dict[str, Any] = {}
    if given.names is not None:
        names = json.loads(given.names.read_text(encoding="utf-8"))
    names["hubs"] = names.get("hubs", {}) | dict(given.hub)
    names["topics"] = names.get("topics", {}) | dict(given.topic)
    for hub, window in given.capture:
        if hub not in names["hubs"]:
            raise ValueError(f"there is no hub {hub} to capture")
        names["hubs"][hub] = {**names["hubs"][hub], "capture": window}
    parse_topics(names["topics"])
    return names


def _hub(text: str) -> tuple[str, dict[str, Any]]:
    name, partitions, groups = [*text.split(":"), "", ""][:3]
    if not name or (partitions and not (partitions.isdecimal() and int(partitions))):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME[:PARTITIONS[:GROUP,GROUP]]")
    return name, {
        "partitions": int(partitions or 4),
        "consumerGroups": [group for group in groups.split(",") if group],
    }


def _capture(text: str) -> tuple[str, dict[str, Any]]:
    name, seconds, size = [*text.split(":"), "", ""][:3]
    if not name or not all(one.isdecimal() and int(one) for one in (seconds or "1", size or "1")):
        raise argparse.ArgumentTypeError(f"{text!r} is not HUB[:SECONDS[:BYTES]]")
    given = {"intervalInSeconds": seconds, "sizeLimitInBytes": size}
    window = {property_: int(one) for property_, one in given.items() if one}
    return name, {**window, "skipEmptyArchives": True}


def _request(text: str) -> tuple[str, int]:
    name, _, number = text.partition(":")
    if not name or not (number.isdecimal() and int(number)):
        raise argparse.ArgumentTypeError(f"{text!r} is not CONTAINER:REQUEST")
    return name, int(number)


def _topic(text: str) -> tuple[str, dict[str, Any]]:
    name, _, schema = text.partition(":")
    return name, {"inputSchema": schema or "CloudEventSchemaV1_0"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emulators", usage=USAGE, description=__doc__)
    add = parser.add_argument
    add("--state", type=Path, default=Path(".emulators"), help="the folder of their files")
    add("--names", type=Path, help="JSON with `database` and `containers`, `hubs` and `topics`")
    add("--hub", action="append", default=[], type=_hub, help="NAME[:PARTITIONS[:GROUP,GROUP]]")
    add("--topic", action="append", default=[], type=_topic, help="NAME[:SCHEMA]")
    add("--capture", action="append", default=[], type=_capture, help="HUB[:SECONDS[:BYTES]]")
    add("--cosmos", type=int, default=8081, help="its port; 0 takes a free one, here as below")
    add("--event-hubs", type=int, default=5672)
    add("--event-grid", type=int, default=6501)
    add("--event-grid-pace", type=float, default=1.0, help="how many times as fast retries come")
    add("--event-grid-timeout", type=float, default=30.0, help="seconds that a webhook may take")
    add("--faults", type=int, default=8090)
    add("--ranges", type=int, default=4, help="physical partitions of a container")
    for change in ("--split", "--merge"):
        add(change, action="append", default=[], type=_request, help="CONTAINER:REQUEST")
    add("--consistency", default="Strong", choices=LEVELS, help="the level of the account")
    add("--tls", action="store_true", help="speak TLS, with a certificate that is made for it")
    add("--token", help="what identities may show instead of a key")
    return parser


def _host() -> NoReturn:
    try:
        from emulators.host.__main__ import main as host
    except ModuleNotFoundError as error:
        sys.exit(f"emulators: the host needs {error.name}: install the extra [host]")
    del sys.argv[1]
    host()


def main() -> None:
    """Serve as the arguments say."""
    if sys.argv[1:2] == ["host"]:
        _host()
    given = _parser().parse_args()
    try:
        names = _described(given)
    except (OSError, ValueError) as error:
        sys.exit(f"emulators: {error}")
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(serve(given, names))
        except DescriptionError as error:
            sys.exit(f"emulators: {error}")


if __name__ == "__main__":
    main()
