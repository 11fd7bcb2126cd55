"""`make run`: starts the local stack, says how to use it, and serves until it is stopped."""

import argparse
import asyncio
import sys
import time
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from infra.local.examples import examples
from infra.local.ports import Ports, add_ports
from infra.local.stack import STATE, Stack, StackError, make_stack
from infra.local.stopping import until_stopped

UNWATCHED = """\
Traces, metrics and logs go nowhere. To see one trace for each command, start a collector (Jaeger has one), then:
  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 make run
"""
WATCHED = "Traces, metrics and logs go to {endpoint}: look there for the service 'onewrite'.\n"


async def run(stack: Stack, begun: float) -> int:
    """Serve until a signal comes or the parent ends (0), or the stack cannot go on (1)."""
    try:
        await until_stopped(_serve(stack, begun))
    except StackError as error:
        print(f"onewrite: {error}", file=sys.stderr)
        return 1
    finally:
        await stack.stop()
    return 0


async def _serve(stack: Stack, begun: float) -> None:
    await stack.start()
    _announce(stack, time.time() - begun, await _document(stack))
    raise StackError(f"the process '{await stack.ended()}' ended: see above")


async def _document(stack: Stack) -> dict[str, Any]:
    """Ask what the functions can do; raises StackError."""
    async with aiohttp.ClientSession() as http, http.get(f"{stack.url}/api/openapi.json") as answer:
        if answer.status != HTTPStatus.OK:
            raise StackError(f"GET {answer.url} answers {answer.status}: see above")
        document: dict[str, Any] = await answer.json()
        return document


def _announce(stack: Stack, seconds: float, document: dict[str, Any]) -> None:
    print(f"Onewrite serves on {stack.url} after {seconds:.1f} s (state in {stack.state}).\n")
    for route in stack.host["routes"]:
        print(f"  {route}")
    if stack.keys:
        print("\nKeys, which it asks for as Azure does:")
        print(*(f"  {name:<12}{key}" for name, key in stack.keys.items()), sep="\n")
    print(f"\nLook at it in a browser: {stack.url}/api/console")
    tried = examples(document, stack.url, stack.keys.get("function", ""))
    print("\nTry:", *tried, sep="\n  ", end="\n\n")
    endpoint = stack.environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    print(WATCHED.format(endpoint=endpoint) if endpoint else UNWATCHED)
    print("Ctrl-C stops it; what was written stays.", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.run", description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE)
    add_ports(parser)
    parser.add_argument(
        "--pace", type=float, default=1.0, help="of leases and retries; 1 is Azure's"
    )
    parser.add_argument(
        "--workers",
        type=int,
        choices=(1, 2),
        default=1,
        help="2: HTTP functions and the rest in processes of their own, as in Flex",
    )
    parser.add_argument("--auth", action="store_true", help="ask for keys, as Azure does")
    return parser.parse_args()


def main() -> int:
    """Serve as the arguments say."""
    given = _arguments()
    stack = make_stack(Ports.given(given), given.state)
    stack.pace, stack.auth, stack.workers = given.pace, given.auth, given.workers
    return asyncio.run(run(stack, time.time()))


if __name__ == "__main__":
    sys.exit(main())
