"""Runs the demo: a stack of its own, a day in the warehouse, and the comparison of everything with the store."""

import argparse
import asyncio
import shutil
import sys
import time
from http import HTTPStatus
from pathlib import Path

import aiohttp

from infra.local.demo import process, report
from infra.local.demo.clients import Ledger
from infra.local.demo.morning import Morning, work
from infra.local.demo.oracle import broken_promises, everything, streams, wrong_rows
from infra.local.demo.orders import Orders, order
from infra.local.demo.outsiders import unheard
from infra.local.demo.partnership import OPTIONS, partner, unlike
from infra.local.demo.stages import Stages, watch_log, watch_rows
from infra.local.stack import ROOT, Ports, Stack, StackError, make_stack

SETTLE = 300.0
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
    watchers = [
        asyncio.create_task(watch_log(stack.environment["EVENTHUBS"], stages)),
        asyncio.create_task(watch_rows(stack.environment["COSMOS"], stages)),
        asyncio.create_task(report.show_progress(ledger, stages)),
    ]
    begun = time.perf_counter()
    async with partner(stack.environment["EVENTGRID"], morning.seed) as heard:
        await work(morning, stack.url, ledger)
        secret = stack.environment["WEBHOOK_SECRETS"]
        told = await order(wishes, stack.url, secret, ledger)
        worked = time.perf_counter() - begun
        settled = await _settle(stack, stages)
        await heard.settle(SETTLE)
    items = await everything(stack.environment["COSMOS"], "events")
    for task in watchers:
        task.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)
    rows, found = await everything(stack.environment["COSMOS"], "views"), streams(items)
    report.tell_of_commands(ledger, worked)
    report.tell_of_stages(stages, settled)
    share = report.tell_of_orders(found, told)
    report.tell_of_partner(heard)
    await _show_causes(stack, found)
    wrong = wrong_rows(items, rows) + broken_promises(items, ledger.answers)
    wrong += process.broken(found) + unheard(found, told) + unlike(items, heard)
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


async def _settle(stack: Stack, stages: Stages) -> float:
    """Wait until no stage has anything to do, twice in a row: what one has done is the next one's work."""
    begun, before = time.perf_counter(), -1
    while time.perf_counter() - begun < SETTLE:
        events = min(stages.log_events, stages.projected)
        idle = await _idle(stack) and stages.log_events == stages.projected
        if idle and events == before:
            break
        before = events if idle else -1
        await asyncio.sleep(0.25)
    return time.perf_counter() - begun


async def _idle(stack: Stack) -> bool:
    url = f"{stack.url}/api/operations/lag"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        # Whoever is too busy to tell is not idle.
        return answer.status == HTTPStatus.OK and not any(
            stage["events"] for stage in (await answer.json())["stages"]
        )


async def _show_causes(stack: Stack, found: process.Streams) -> None:
    """Print what followed from the placing of an order that went a long way."""
    ends = process.statuses(found)
    shipped = [id_ for id_, status in ends.items() if status == "shipped"] or list(ends)
    if not shipped:
        return
    path = f"/api/streams/order-{shipped[0]}/causes"
    async with (
        aiohttp.ClientSession() as http,
        http.get(stack.url + path, headers={"Accept": "text/plain"}) as answer,
    ):
        print(f"\nWhat followed from one of the orders (GET {path}):\n\n{await answer.text()}")


def main() -> int:
    """Run the demo as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", type=int, default=3_000)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--customers", type=int, default=100)
    parser.add_argument("--pieces", type=int, default=140, help="of each item, at first")
    parser.add_argument("--state", type=Path, default=ROOT / ".onewrite" / "demo")
    given = parser.parse_args()
    shutil.rmtree(given.state, ignore_errors=True)
    morning = Morning(seed=given.seed, commands=given.commands)
    wishes = Orders(given.seed, given.orders, given.customers, pieces=given.pieces)
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
