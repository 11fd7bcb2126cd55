"""Runs a function app: index, check, warm up, listen; ends on a signal or with its parent."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from emulators.host import worker
from emulators.host.configuration import HostConfiguration, load_settings
from emulators.host.errors import ConfigurationError
from emulators.host.host import Host
from emulators.host.keys import Keys
from emulators.host.rules import ALL, HTTP, REST, check, described
from emulators.host.worker import IndexingError
from emulators.parent import parent_ends


async def run(given: argparse.Namespace, begun: float) -> int:
    """Serve until a signal comes or the parent ends; 1 when the app cannot be loaded."""
    app, state = given.app.resolve(), given.state.resolve()
    if given.settings is not None:
        load_settings(given.settings)
    if given.sign_in:
        os.environ["WEBSITE_AUTH_ENABLED"] = "True"
    os.chdir(app)
    try:
        configuration = HostConfiguration.read(app)
        functions = check(await worker.index(app), configuration)
    except (IndexingError, ConfigurationError) as error:
        print(f"host: {app.name} cannot be loaded: {error}", file=sys.stderr)
        return 1
    for setting in configuration.unplayed:
        print(f"host: host.json: {setting} is not played here", file=sys.stderr)
    if given.check:
        print(json.dumps({function.name: described(function) for function in functions}))
        return 0
    functions = [function for function in functions if function.is_in(given.group)]
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    parent = asyncio.create_task(parent_ends())
    parent.add_done_callback(lambda _: stopped.set())
    sign_in, keys = given.sign_in or "", Keys.kept(state) if given.auth else None
    host = Host(functions, configuration, state, pace=given.pace, sign_in=sign_in, keys=keys)
    starting, ending = (
        asyncio.ensure_future(one) for one in (host.start(given.port), stopped.wait())
    )
    await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        # What it waits for did not come, and its parent has gone.
        return 1
    port = starting.result()
    ready = {
        "ready": True,
        "port": port,
        "functions": [function.name for function in functions],
        "routes": host.routes(),
        **({"keys": asdict(keys)} if keys else {}),
        "seconds": round(time.time() - begun, 2),
    }
    print(json.dumps(ready), flush=True)
    await ending
    parent.cancel()
    await host.stop()
    return 0


def main() -> NoReturn:
    """Run as the arguments say."""
    begun = time.time()
    parser = argparse.ArgumentParser(prog="python -m emulators.host", description=__doc__)
    parser.add_argument("--app", type=Path, required=True)
    parser.add_argument("--settings", type=Path)
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--state", type=Path, default=Path(".onewrite"))
    parser.add_argument(
        "--pace",
        type=float,
        default=1.0,
        help="how many times faster than in Azure leases and retry delays pass",
    )
    parser.add_argument(
        "--sign-in",
        metavar="HEADER",
        help="sign requests in as whom this header names, as App Service authentication does",
    )
    parser.add_argument(
        "--group",
        choices=(HTTP, REST, ALL),
        default=ALL,
        help="the functions to serve: those over HTTP, or the rest, as Flex divides them",
    )
    parser.add_argument("--auth", action="store_true", help="ask for keys, as Azure does")
    parser.add_argument("--check", action="store_true", help="index and check the app, and end")
    logging.basicConfig(level=logging.WARNING, format="host: %(name)s: %(message)s")
    # The SDKs speak of every retry; what matters comes back as an error.
    for name in ("azure", "azure.eventhub"):
        logging.getLogger(name).setLevel(logging.ERROR)
    status = asyncio.run(run(parser.parse_args(), begun))
    sys.stdout.flush()
    sys.stderr.flush()
    # As in Azure the worker simply ends: the app is not asked to close its clients.
    os._exit(status)


if __name__ == "__main__":
    main()
