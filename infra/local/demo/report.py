"""What the demo says, while it runs and in the end."""

import asyncio
import statistics
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Sequence

from infra.local.demo import process
from infra.local.demo.clients import Ledger
from infra.local.demo.orders import Orders
from infra.local.demo.outsiders import Outsiders
from infra.local.demo.partnership import Partnership
from infra.local.demo.stages import Stages


async def show_progress(ledger: Ledger, stages: Stages) -> None:
    """Print a line every five seconds, for ever."""
    begun = time.perf_counter()
    while True:
        await asyncio.sleep(5)
        print(
            f"  {time.perf_counter() - begun:4.0f} s  {len(ledger.answers):7,} commands answered"
            f"  {stages.log_events:8,} events in the log"
            f"   rows {max(0, stages.log_events - stages.projected):5,} behind",
            flush=True,
        )


def tell_of_commands(ledger: Ledger, worked: float) -> None:
    """Print what clients were answered, and how soon."""
    statuses = Counter(answer.status for answer in ledger.answers)
    count = len(ledger.answers)
    print(
        f"\ncommands   {count:,} in {worked:.1f} s, {count / worked:,.0f} a second:"
        f" {statuses[200]:,} accepted, {statuses[422]:,} refused;"
        f" median {statistics.median(ledger.seconds) * 1000:.0f} ms,"
        f" 95 % within {_percentile(ledger.seconds, 95) * 1000:.0f} ms\n"
        f"           asked again: {dict(ledger.asked_again) or 'never'};"
        f" {ledger.repeats} sent twice on purpose,"
        f" {ledger.repeats_answered_otherwise} answered otherwise the second time"
    )


def tell_of_stages(stages: Stages, settled: float) -> None:
    """Print how far the stages behind the store were behind it."""
    print(
        f"log        {stages.log_events:,} events in {stages.log_messages:,} messages,"
        f" {stages.out_of_order} out of order; behind the store by"
        f" {statistics.median(stages.log_ages):.2f} s (median),"
        f" {max(stages.log_ages):.2f} s (worst)\n"
        f"rows       {len(stages.rows):,} streams have rows that saw {stages.projected:,} events;"
        f" behind the store by {statistics.median(stages.row_ages):.2f} s (median),"
        f" {max(stages.row_ages):.2f} s (worst); all settled {settled:.1f} s after the last answer"
    )


def tell_of_orders(streams: process.Streams, heard: Outsiders) -> float:
    """Print what became of the orders; gives the share of them that was confirmed."""
    ends = Counter(process.statuses(streams).values())
    share = process.confirmed(streams) / max(1, ends.total())
    told = ", ".join(f"{ends[one]:,} {one}" for one in sorted(ends))
    print(
        f"orders     {ends.total():,}, of which {share:.0%} were confirmed; in the end {told}\n"
        f"others     {len(heard.parcels):,} parcels and {len(heard.goods)} deliveries of goods over"
        f" the webhook, in both schemas, one in ten twice"
    )
    return share


def tell_of_partner(heard: Partnership) -> None:
    """Print what the partner was told."""
    print(
        f"partner    told of {len(heard.deliveries):,} orders in"
        f" {heard.deliveries.total():,} deliveries;"
        f" busy {heard.said['busy']:,}, late {heard.said['late']:,} times;"
        f" {len(heard.dead)} dead letters:"
    )
    # The types differ in one word only, which the store knows as well.
    listed = ", ".join(sorted(id_.partition("/")[0] for id_ in heard.dead)) or "none"
    print(textwrap.fill(listed, 118, initial_indent=" " * 11, subsequent_indent=" " * 11))


def verdict(wishes: Orders, items: int, rows: int, wrong: Sequence[str]) -> None:
    """Print whether every promise was kept."""
    if wrong:
        print(f"\nWRONG in {len(wrong)} places:", *wrong[:20], sep="\n  ", file=sys.stderr)
        return
    print(
        f"\nEvery one of {wishes.orders:,} orders has ended, no piece was promised twice, and"
        f" every one of {rows:,} rows\nequals a fold of the {items:,} items in the store."
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
