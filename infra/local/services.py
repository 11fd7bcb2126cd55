"""One process that serves the stand-ins of Cosmos DB, Event Hubs and Event Grid, and their control API."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path

from infra.local.control import Control
from infra.local.cosmos import CosmosServer
from infra.local.cosmos.described import DescriptionError
from infra.local.event_grid import EventGridServer
from infra.local.event_hubs import EventHubsServer
from infra.local.faults import Faults


async def serve(given: argparse.Namespace) -> None:
    """Serve until a signal comes or the standard input ends: the parent has died then."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    given.state.mkdir(parents=True, exist_ok=True)
    names = json.loads(given.names.read_text(encoding="utf-8"))
    faults = Faults()
    cosmos = CosmosServer(given.state, faults, given.ranges, given.consistency, given.token)
    event_hubs = EventHubsServer(given.state, names["hubs"], faults, given.token)
    topics = names.get("topics", {})
    event_grid = EventGridServer(
        given.state, faults, topics, pace=given.event_grid_pace, patience=given.event_grid_patience
    )
    await cosmos.make(names)
    runner, cosmos_port = await cosmos.serve(given.cosmos)
    event_hubs_port = await event_hubs.serve(given.event_hubs)
    topics_runner, event_grid_port = await event_grid.serve(given.event_grid)
    control, faults_port = await Control(faults, cosmos).serve(given.faults)
    ready = {
        "ready": True,
        "cosmos": cosmos_port,
        "eventHubs": event_hubs_port,
        "eventGrid": event_grid_port,
        "faults": faults_port,
    }
    print(json.dumps(ready), flush=True)
    parent = asyncio.create_task(_end_of_input(stopped))
    await stopped.wait()
    parent.cancel()
    await event_hubs.close()
    await control.cleanup()
    await topics_runner.cleanup()
    await event_grid.close()
    await runner.cleanup()
    cosmos.close()


async def _end_of_input(stopped: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stopped.set()


def main() -> None:
    """Serve as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.services", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--cosmos", type=int, default=8081)
    parser.add_argument("--event-hubs", type=int, default=5672)
    parser.add_argument("--event-grid", type=int, default=6501)
    parser.add_argument(
        "--event-grid-pace", type=float, default=1.0, help="how many times as fast retries come"
    )
    parser.add_argument(
        "--event-grid-patience", type=float, default=30.0, help="seconds that a webhook may take"
    )
    parser.add_argument("--faults", type=int, default=8090)
    parser.add_argument("--ranges", type=int, default=4, help="physical partitions of a container")
    parser.add_argument("--consistency", default="Strong")
    parser.add_argument("--token", help="what identities may show instead of a key")
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(serve(parser.parse_args()))
        except DescriptionError as error:
            sys.exit(f"services: {error}")


if __name__ == "__main__":
    main()
