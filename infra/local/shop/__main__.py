"""Runs the demo: a stack of its own, a day in the warehouse, and the comparison of everything with the store."""

import argparse
import asyncio
import shutil
import sys
import time
from http import HTTPStatus
from pathlib import Path

import aiohttp

from infra.business import SHOP, Project
from infra.local.ports import Ports
from infra.local.shop import process, report
from infra.local.shop.clients import Ledger
from infra.local.shop.morning import Morning, work
from infra.local.shop.oracle import broken_promises, everything, streams, wrong_rows
from infra.local.shop.orders import Orders, order
from infra.local.shop.outsiders import unheard
from infra.local.shop.partnership import OPTIONS, partner, unlike
from infra.local.shop.second import follow, miscounted
from infra.local.shop.stages import Stages, watch_log, watch_rows
from infra.local.stack import ROOT, Stack, StackError, make_stack

NOT_THE_SHOP = """\
The demo is a day of the shop, and the business that runs is '{runs}'. `make run` serves it, and `make sim`
lets its own specs happen in worlds where everything fails. For the demo, let shared/domain/__init__.py name
the shop, and run `make indexes`.\
"""
FEWEST, MOST = 0.2, 0.8
"""Where more or fewer orders are confirmed, there was too much or too little to show anything."""


async def demo(morning: Morning, wishes: Orders, stack: Stack) -> int:
    """Run a day through a stack; 0 when every promise was kept and every row is right."""
    begun = time.perf_counter()
    await stack.start()
    print(f"A stack of its own on {stack.url} after {time.perf_counter() - begun:.1f} s.")
    print(
        f"{morning.commands:,} commands of {morning.clients} clerks, then {wishes.orders:,} orders of"
        f" {wishes.customers} customers at once,\nof {wishes.items} items of which there is too"
        f" little; seed {morning.seed}:"
    )
    ledger, stages = Ledger(), Stages()
    # Who watches does so to the end: when one fails, so does the demo, at once.
    async with (
        asyncio.TaskGroup() as group,
        partner(stack.environment["EVENTGRID"], morning.seed) as heard,
    ):
        watchers = [
            group.create_task(watch_log(stack.environment["EVENTHUBS"], stages)),
            group.create_task(watch_rows(stack.environment["COSMOS"], stages)),
            group.create_task(report.show_progress(ledger, stages)),
        ]
        begun = time.perf_counter()
        await work(morning, stack.url, ledger)
        opened = report.Pace(len(ledger.answers), time.perf_counter() - begun)
        begun = time.perf_counter()
        secret = stack.environment["WEBHOOK_SECRETS"].partition("=")[2]
        told = await order(wishes, stack.url, secret, ledger)
        settled = await _settle(stack, stages, wishes.timeout)
        ended = report.Pace(wishes.orders, time.perf_counter() - begun)
        await heard.settle(wishes.timeout)
        for task in watchers:
            task.cancel()
    items = await everything(stack.environment["COSMOS"], "events")
    rows, found = await everything(stack.environment["COSMOS"], "views"), streams(items)
    loyalty = await follow(stack, items, wishes.timeout)
    report.tell_of_commands(ledger, opened)
    report.tell_of_stages(stages)
    share = report.tell_of_orders(found, told, ended)
    report.tell_of_partner(heard)
    report.tell_of_second(loyalty)
    await _show_causes(stack, found)
    # What hangs comes first: much else is wrong because of it.
    wrong = process.broken(found) + ([] if settled else [f"work waits after {ended.seconds:.0f} s"])
    wrong += wrong_rows(items, rows) + broken_promises(items, ledger.answers)
    wrong += unheard(found, told) + unlike(items, heard) + miscounted(items, loyalty)
    wrong += _unlikely(share, stages, ledger)
    report.verdict(wishes, len(items), len(rows), wrong)
    return 1 if wrong else 0


def _unlikely(share: float, stages: Stages, ledger: Ledger) -> list[str]:
    """Name what the figures alone say to be wrong."""
    wrong: list[str] = []
    if not FEWEST <= share <= MOST:
        wrong.append(f"{share:.0%} of the orders were confirmed")
    if stages.out_of_order:
        wrong.append(f"{stages.out_of_order} messages of the log came before their predecessors")
    if ledger.repeats_answered_otherwise:
        wrong.append(f"{ledger.repeats_answered_otherwise} commands had two answers")
    return wrong


async def _settle(stack: Stack, stages: Stages, within: float) -> bool:
    """Wait until no stage has anything to do, twice in a row: what one has done is the next one's work.

    False when the time is up.
    """
    over, before = time.monotonic() + within, -1
    while time.monotonic() < over:
        events = min(stages.log_events, stages.projected)
        idle = await _idle(stack) and stages.log_events == stages.projected
        if idle and events == before:
            return True
        before = events if idle else -1
        await asyncio.sleep(0.25)
    return False


async def _idle(stack: Stack) -> bool:
    url = f"{stack.url}/api/operations/lag"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        # Whoever is too busy to tell is not idle.
        return answer.status == HTTPStatus.OK and not any(
            stage["events"] for stage in (await answer.json())["stages"]
        )


async def _show_causes(stack: Stack, found: process.Streams) -> None:
    """Print what followed from the placing of an order that went a long way, and from what it ended with."""
    order = report.telling(found)
    if order is None:
        return
    path, headers = f"/api/streams/{order}/causes", {"Accept": "text/plain"}
    last = len(found[order])
    print(
        f"\nWhat followed from one of the orders, and from its end (GET {path}, ?version={last}):\n"
    )
    async with aiohttp.ClientSession(stack.url, headers=headers) as http:
        trees = []
        for version in ("1", str(last)):
            async with http.get(path, params={"version": version}) as answer:
                trees.append(await answer.text())
    # An order that was not dispatched or cancelled ends with what its placing caused.
    print("\n".join(dict.fromkeys(trees)))


def main() -> int:
    """Run the demo as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.shop", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", type=int, default=3_000)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--customers", type=int, default=100)
    parser.add_argument("--pieces", type=int, default=140, help="of each item, at first")
    parser.add_argument(
        "--timeout",
        type=float,
        default=300.0,
        help="seconds for all orders to end, then to settle",
    )
    parser.add_argument("--state", type=Path, default=ROOT / ".onewrite" / "demo")
    given = parser.parse_args()
    if (runs := Project(ROOT).active()) != SHOP:
        print(NOT_THE_SHOP.format(runs=runs), file=sys.stderr)
        return 1
    shutil.rmtree(given.state, ignore_errors=True)
    morning = Morning(seed=given.seed, commands=given.commands)
    wishes = Orders(
        seed=given.seed,
        orders=given.orders,
        customers=given.customers,
        pieces=given.pieces,
        timeout=given.timeout,
    )
    return asyncio.run(_run(morning, wishes, given.state))


async def _run(morning: Morning, wishes: Orders, state: Path) -> int:
    stack = make_stack(Ports.free(), state)
    stack.options = OPTIONS
    try:
        return await demo(morning, wishes, stack)
    except StackError as error:
        print(f"onewrite: {error}", file=sys.stderr)
        return 1
    finally:
        await stack.stop()


if __name__ == "__main__":
    sys.exit(main())
