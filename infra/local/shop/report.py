"""What the demo says, while it runs and in the end."""

import asyncio
import statistics
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from infra.local.shop import process
from infra.local.shop.clients import Ledger
from infra.local.shop.orders import Orders
from infra.local.shop.outsiders import Outsiders
from infra.local.shop.partnership import Partnership
from infra.local.shop.second import Loyalty
from infra.local.shop.stages import Stages

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """So many of something, in so many seconds."""

    count: int
    seconds: float

    def __str__(self) -> str:
        """Say it, with how many that are in a second."""
        return f"{self.count:,} in {self.seconds:.1f} s, {self.count / self.seconds:,.0f} a second"


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


def tell_of_commands(ledger: Ledger, opened: Pace) -> None:
    """Print what clients were answered, and how soon."""
    statuses = Counter(answer.status for answer in ledger.answers)
    print(
        f"\ncommands   {len(ledger.answers):,}: {statuses[200]:,} accepted, {statuses[422]:,} refused;"
        f" the clerks' {opened}\n"
        f"           median {statistics.median(ledger.seconds) * 1000:.0f} ms,"
        f" 95 % within {_percentile(ledger.seconds, 95) * 1000:.0f} ms;"
        f" asked again: {dict(ledger.asked_again) or 'never'}\n"
        f"           {ledger.repeats} sent twice on purpose,"
        f" {ledger.repeats_answered_otherwise} answered otherwise the second time"
    )


def tell_of_stages(stages: Stages) -> None:
    """Print how far the stages behind the store were behind it."""
    print(
        f"log        {stages.log_events:,} events in {stages.log_messages:,} messages,"
        f" {stages.out_of_order} out of order;\n"
        f"           behind the store by {statistics.median(stages.log_ages):.2f} s (median),"
        f" {max(stages.log_ages):.2f} s (worst)\n"
        f"rows       {len(stages.rows):,} streams have rows that saw {stages.projected:,} events;\n"
        f"           behind the store by {statistics.median(stages.row_ages):.2f} s (median),"
        f" {max(stages.row_ages):.2f} s (worst)"
    )


def tell_of_orders(streams: process.Streams, heard: Outsiders, ended: Pace) -> float:
    """Print what became of the orders; gives the share of them that was confirmed."""
    ends = Counter(process.statuses(streams).values())
    share = process.confirmed(streams) / max(1, ends.total())
    told = ", ".join(f"{ends[one]:,} {one}" for one in sorted(ends))
    print(
        f"orders     {ended}, from the first to the end of the last;\n"
        f"           {share:.0%} were confirmed; in the end {told}\n"
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


def tell_of_second(heard: Loyalty) -> None:
    """Print what the second service has made of the feed."""
    pace = Pace(heard.counted.total(), heard.seconds)
    print(
        f"second     a service of its own began when the day was over, followed the feed of the shop from its\n"
        f"           first page on, and counted confirmed orders: {pace}, of {len(heard.shown):,} customers"
    )


def telling(streams: process.Streams) -> str | None:
    """Choose an order whose story is worth reading, and short: shipped, and of few lines, but of several."""
    ends = process.statuses(streams)
    shipped = [f"order-{id_}" for id_, status in ends.items() if status == "shipped"]
    chosen = [stream for stream in shipped if len(streams[stream][0]["data"].get("lines", ())) > 1]
    found = chosen or shipped or [f"order-{id_}" for id_ in ends]
    return min(found, key=lambda stream: len(streams[stream]), default=None)


def verdict(wishes: Orders, items: int, rows: int, wrong: Sequence[str]) -> None:
    """Print whether every promise was kept."""
    if wrong:
        more = [f"and {len(wrong) - MOST_SHOWN} more"] if len(wrong) > MOST_SHOWN else []
        shown = (*wrong[:MOST_SHOWN], *more)
        print("\nWRONG:", *shown, sep="\n  ", file=sys.stderr)
        return
    print(
        f"\nEvery one of {wishes.orders:,} orders has ended, no piece was promised twice, and"
        f" every one of {rows:,} rows\nequals a fold of the {items:,} items in the store."
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
