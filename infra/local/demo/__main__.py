"""Runs the demo: a stack of its own, a morning, the figures of each stage, and the comparison."""

import argparse
import asyncio
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

import aiohttp

from infra.local.demo.clients import Answer, Ledger
from infra.local.demo.morning import Morning, work
from infra.local.demo.oracle import broken_promises, everything, streams, wrong_rows
from infra.local.demo.orders import order
from infra.local.demo.partnership import OPTIONS, Partnership, partner, unlike
from infra.local.demo.process import broken
from infra.local.demo.stages import Stages, watch_log, watch_rows
from infra.local.stack import ROOT, Ports, Stack, StackError, make_stack

SETTLE = 60.0


async def demo(morning: Morning, stack: Stack) -> int:
    """Run a morning through a stack; 0 when every promise was kept and every row is right."""
    begun = time.perf_counter()
    await stack.start()
    print(f"A stack of its own on {stack.url} after {time.perf_counter() - begun:.1f} s.")
    print(
        f"{morning.commands:,} commands, {morning.orders} orders, {morning.clients} clients at once,"
        f" {morning.hot} hot items and {morning.cold} cold ones, seed {morning.seed}:"
    )
    ledger, stages = Ledger(), Stages()
    watchers = [
        asyncio.create_task(watch_log(stack.environment["EVENTHUBS"], stages)),
        asyncio.create_task(watch_rows(stack.environment["COSMOS"], stages)),
    ]
    showing = asyncio.create_task(_show_progress(ledger, stages))
    begun = time.perf_counter()
    async with partner(stack.environment["EVENTGRID"], morning.seed) as heard:
        await work(morning, stack.url, ledger)
        await order(morning, stack.url, ledger)
        worked = time.perf_counter() - begun
        settled = await _settle(stack, stages)
        await heard.settle(SETTLE)
    items = await everything(stack.environment["COSMOS"], "events")
    for task in (showing, *watchers):
        task.cancel()
    await asyncio.gather(showing, *watchers, return_exceptions=True)
    rows = await everything(stack.environment["COSMOS"], "views")
    _report(ledger, stages, worked, settled)
    _tell_of(heard)
    wrong = wrong_rows(items, rows) + broken_promises(items, ledger.answers)
    wrong += broken(streams(items)) + unlike(items, heard)
    wrong += [f"{stages.out_of_order} messages of the log came before their predecessors"] * bool(
        stages.out_of_order
    )
    _verdict(len(items), len(rows), wrong)
    return 1 if wrong or ledger.repeats_answered_otherwise else 0


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


def _tell_of(heard: Partnership) -> None:
    print(
        f"partner    told of {len(heard.deliveries):,} orders in {heard.deliveries.total():,} deliveries;"
        f" busy {heard.said['busy']}, late {heard.said['late']} times;"
        f" dead letters: {', '.join(sorted(heard.dead)) or 'none'}"
    )


async def _show_progress(ledger: Ledger, stages: Stages) -> None:
    begun = time.perf_counter()
    while True:
        await asyncio.sleep(1)
        events = sum(len(answer.events) for answer in ledger.answers)
        print(
            f"  {time.perf_counter() - begun:3.0f} s  {len(ledger.answers):6,} commands answered"
            f"   {events:6,} events   log {max(0, events - stages.log_events):4} behind"
            f"   rows {max(0, events - stages.projected):4} behind",
            flush=True,
        )


def _report(ledger: Ledger, stages: Stages, worked: float, settled: float) -> None:
    def count(holds: Sequence[bool]) -> str:
        return f"{sum(holds):,}"

    def accepted(answer: Answer) -> bool:
        return answer.status == 200

    answers = ledger.answers
    print(
        f"\ncommands   {len(answers):,} in {worked:.1f} s, {len(answers) / worked:,.0f} a second:"
        f" {count([accepted(a) for a in answers])} accepted,"
        f" {count([a.status == 422 for a in answers])} refused;"
        f" median {statistics.median(ledger.seconds) * 1000:.0f} ms,"
        f" 95 % within {_percentile(ledger.seconds, 95) * 1000:.0f} ms\n"
        f"           asked again: {dict(ledger.asked_again) or 'never'};"
        f" {ledger.repeats} sent twice on purpose,"
        f" {ledger.repeats_answered_otherwise} answered otherwise the second time\n"
        f"log        {stages.log_events:,} events in {stages.log_messages:,} messages,"
        f" {stages.out_of_order} out of order; behind the store by"
        f" {statistics.median(stages.log_ages):.2f} s (median),"
        f" {max(stages.log_ages):.2f} s (worst)\n"
        f"rows       {len(stages.rows):,} rows have seen {stages.projected:,} events; behind the"
        f" store by {statistics.median(stages.row_ages):.2f} s (median),"
        f" {max(stages.row_ages):.2f} s (worst); caught up {settled:.2f} s after the last answer"
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _verdict(items: int, rows: int, wrong: Sequence[str]) -> None:
    if wrong:
        print(f"\nWRONG in {len(wrong)} places:", *wrong[:20], sep="\n  ", file=sys.stderr)
    else:
        print(f"\nEvery one of {rows:,} rows equals a fold of the {items:,} items in the store.")


def main() -> int:
    """Run the demo as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", type=int, default=3_000)
    parser.add_argument("--state", type=Path, default=ROOT / ".onewrite" / "demo")
    given = parser.parse_args()
    shutil.rmtree(given.state, ignore_errors=True)
    return asyncio.run(_run(Morning(seed=given.seed, commands=given.commands), given.state))


async def _run(morning: Morning, state: Path) -> int:
    stack = make_stack(Ports.free(), state)
    stack.options = OPTIONS
    try:
        return await demo(morning, stack)
    except StackError as error:
        print(f"onewrite: {error}", file=sys.stderr)
        return 1
    finally:
        await stack.stop()


if __name__ == "__main__":
    sys.exit(main())
