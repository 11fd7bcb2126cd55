"""What the operators read about costs: made of the estimate, never written by hand."""

from collections.abc import Iterable
from textwrap import fill

from infra.plan import figures
from shared.adapters.cosmos.feed import PAGE
from tests.infra import costs
from tests.infra.bill import bill, serverless, together
from tests.infra.costs import HOURS, IDLE, LOADS, PRICES, Deployed

HEAD = "## What it costs\n"
INTRODUCTION = f"""\
Prices are assumptions: pay-as-you-go list prices of one large region in US dollars, written down from memory in
November 2026 and not looked up, without free grants; a month has {HOURS} hours. Put in your own, in
[`costs.py`](../tests/infra/costs.py): `WRITE_DOCS=1 pytest tests/infra/test_costs.py` makes this section."""
LOAD = f"""\
And this of the load: a commit of {figures.KILOBYTES} KB with one event, and one query a command; one notification
in ten commands, for one subscriber; {LOADS[0].batch}, {LOADS[1].batch} and {LOADS[2].batch} events in a batch; the
highest second of an hour is {figures.PEAK} times the average; {costs.SPANS} spans of {costs.SPAN_KILOBYTES} KB
a command, and {costs.POLL_SPANS} spans a second of the host's looks at the change feed, of which the share
`ONEWRITE_TRACE_SHARE` is kept; {costs.METRICS_GIGABYTES} GB of metrics an instance."""


def _more(shapes: dict[str, Deployed]) -> str:
    """Write what each shape costs under each load."""
    head = [
        "a month, together",
        "kept ready",
        "idle",
        *(f"{load.rate:,} a second" for load in LOADS),
    ]
    rows = [
        [name, str(one.kept), *(f"{together(bill(load, one)):,}" for load in (IDLE, *LOADS))]
        for name, one in shapes.items()
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(deployed: Deployed, more: dict[str, Deployed]) -> str:
    """Write the section."""
    parts = (HEAD, INTRODUCTION, "", _prices(), "", LOAD, "", _bullets(_assumed(deployed)), "")
    said = _bullets([*_said(deployed), _afresh()])
    return "\n".join(
        [*parts, _table(deployed), "", _more(more), "", "What the numbers say:", "", said, ""]
    )


def _prices() -> str:
    lines = [
        f"| {name} | {f'{price:f}'.rstrip('0').rstrip('.')} |" for name, price in PRICES.items()
    ]
    return "\n".join(["| price | assumed |", "| --- | --- |", *lines])


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(
        fill(
            f"- {text}", 115, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
        for text in texts
    )


def _assumed(deployed: Deployed) -> Iterable[str]:
    ready = ", ".join(f"`{name}` {count}" for name, count in sorted(deployed.ready.items()))
    cpu = ", ".join(f"`{name}` {one:g}" for name, one in figures.CPU.items() if one)
    yield (
        "**Request units of a command.** In `events`: insert 8, read by the publisher 1 and by the sweep 1: "
        f"{figures.EVENTS_UNITS}. In `views`: row read by projections 2 (Strong doubles it), row written "
        f"14, query 2: {figures.VIEWS_UNITS}. Of a page of the sweep, which asks in one query for the rows of "
        f"{PAGE} commits: {costs.SWEEP_UNITS:g}. Of a batch: four consumers note how far they are, and the "
        f"publisher its lease: {figures.BATCH_UNITS}; projections read in `views` which generations there are: "
        f"{figures.GENERATIONS_UNITS}. Of a notified event that is appended to a feed: {figures.PAGE_UNITS}. "
        f"Asking for what is not there yet: {figures.POLL_UNITS} a second."
    )
    yield (
        f"**Instances.** The Bicep keeps {sum(deployed.ready.values())} ready, in one app or in three: {ready}. "
        f"An instance of {deployed.memory:g} GB has one core; milliseconds of CPU a command: {cpu}. An "
        "invocation is billed for a second at least, so an instance that is called once a second is busy "
        "all the time."
    )
    yield (
        "**Host storage.** Each consumer writes a checkpoint a batch, and the lease of each partition is renewed "
        f"every ten seconds: {deployed.renewals:g} a second."
    )
    yield (
        f"**Timers.** They run {deployed.runs_of_timers} times a minute, each on an instance of its own, billed "
        f"for {costs.TIMER_SECONDS} seconds a run, start included: 1 to 10 are possible."
    )
    yield (
        "**Private endpoints.** A command takes "
        f"{figures.KILOBYTES * costs.CLOSED_COMMITS:g} KB through them: its commit is written and read twice, its "
        "event goes into the log and out of it four times, and three rows are read and written."
    )
    yield (
        "**Zones.** Over zones the platform keeps two instances for each function that scales by itself, timers "
        "too, and for HTTP, whatever the Bicep asks for."
    )
    yield (
        "**Not counted.** Alerts (a few dollars), traffic out of the region, what is parked, commands that wait."
    )


def _table(deployed: Deployed) -> str:
    bills = [bill(load, deployed) for load in LOADS]
    cells = {
        name: [f"{one[name][0]} = **{one[name][1]:,.0f}**" for one in bills] for name in bills[0]
    }
    lines = [
        ["a month", *(f"{load.rate:,} a second" for load in LOADS)],
        ["---"] * (1 + len(LOADS)),
        *([name, *row] for name, row in cells.items()),
        ["**together**", *(f"**{together(one):,}**" for one in bills)],
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _said(deployed: Deployed) -> Iterable[str]:
    _, middle, large = LOADS
    megabytes = large.rate * figures.KILOBYTES * figures.PEAK / 1000
    bills = [bill(load, deployed) for load in LOADS]
    checkpoints = bills[1]["host storage: checkpoints and leases"][1]
    kept = bills[0]["Functions, instances"][1]
    highest = large.highest(deployed.others)
    units = bills[2]["request units"][1]
    stored = bills[2]["the store's storage after one month, with backup"][1]
    yield (
        f"At one command a second, instances are {_share(kept, together(bills[0]))} of it. With 512 MB "
        f"(`ONEWRITE_INSTANCE_MEMORY`) they cost {kept / 4:,.0f} instead of {kept:,.0f}. "
        "`ONEWRITE_ALWAYS_READY false` saves only where nothing happens most of the time: busy on demand costs "
        "more than busy and ready. A place to try things that is idle pays for Event Hubs, host storage "
        "and the test."
    )
    yield (
        f"At {middle.rate}, autoscale costs {bills[1]['request units'][1]:,.0f} and serverless would cost "
        f"{serverless(middle):,.0f}. They meet where the average is "
        f"{_share(costs.AUTOSCALE / 360_000, costs.SERVERLESS / 1e6)} of the highest second of an hour, and where "
        "it is above the least that autoscale takes."
    )
    yield (
        f"At {large.rate:,}, {_share(units + stored, together(bills[2]))} are the store, and its storage grows by "
        f"{stored:,.0f} each month: nothing is ever deleted. `ONEWRITE_EVENTS_THROUGHPUT` and "
        f"`ONEWRITE_VIEWS_THROUGHPUT` have to be raised, to {_thousands(highest['events'])} and "
        f"{_thousands(highest['views'])}, `ONEWRITE_OTHERS_THROUGHPUT` to {_thousands(highest['others'])}, and "
        f"`ONEWRITE_EVENTHUBS_MOST_UNITS` to {large.throughput_units()}; steady load is cheaper by a third with "
        f"standard throughput. Its {megabytes:.1f} MB a second fit into the {deployed.partitions} partitions of "
        "the log, each of which takes 1 MB."
    )
    yield (
        f"At {middle.rate}, {_share(checkpoints, together(bills[1]))} are checkpoints: 16 partitions make small "
        f"batches, of {middle.batch} events. `batchCheckpointFrequency` 10 in `host.json` saves 90 % of it: "
        "consumers keep places of their own, but a host that takes over repeats up to ten batches, and tells "
        "notifications again."
    )
    yield (
        "Hot streams are cheaper than this: up to a hundred commands share a write, and the rows of a batch are "
        "written once."
    )


def _afresh() -> str:
    units = sum(costs.AFRESH.values())
    parts = ", ".join(f"{name} {one:g}" for name, one in costs.AFRESH.items())
    return (
        f"Publishing the store afresh, after a [restore](#restore-from-backup), takes some {units:.0f} request "
        f"units an event ({parts}): {units * costs.SERVERLESS:.2f} for a million events, serverless, and "
        f"{costs.EVENTS + 2 * figures.NOTIFIED * costs.OPERATIONS:.2f} for the log and for telling again. "
        "A [rebuild](#rebuild-of-a-view) takes less: one read of a stream and one row written for all its events."
    )


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %"


def _thousands(units: int) -> str:
    return f"{-(-units // 1000) * 1000:,}"
