"""The rows of the estimate: each with its arithmetic, as it is shown, and its dollars."""

from infra.plan import figures
from tests.infra import costs
from tests.infra.costs import HOURS, MONTH, Deployed, Load

type Row = tuple[str, float]


def bill(load: Load, deployed: Deployed) -> dict[str, Row]:
    """Give the rows of a month, by what is paid for."""
    return {
        "request units": _store(load, deployed),
        "the store's storage after one month, with backup": _stored(load),
        "Event Hubs, with Capture": _log(load),
        "captured events after one month": _captured(load),
        "Event Grid, publish and deliver": _told(load),
        "Functions, instances": _instances(load, deployed),
        "Functions, timers": _timers(deployed),
        "Functions, executions": _executions(load),
        "host storage: checkpoints and leases": _checkpoints(load, deployed),
        "private endpoints": _closed(load, deployed),
        "availability test": _tested(deployed),
        "telemetry": _telemetry(load, deployed),
    }


def together(rows: dict[str, Row]) -> int:
    """Add what is shown, so that the table adds up."""
    return sum(round(dollars) for _, dollars in rows.values())


def serverless(load: Load) -> float:
    """Give what the request units cost when each is paid for."""
    return sum(load.units().values()) * MONTH * costs.SERVERLESS


def _store(load: Load, deployed: Deployed) -> Row:
    units = load.units()
    per_second = (
        f"{load.rate:,} × {figures.EVENTS_UNITS + figures.VIEWS_UNITS} + {figures.POLL_UNITS}"
    )
    batches = f"{load.batches:g} × {figures.BATCH_UNITS + figures.GENERATIONS_UNITS}"
    batches += f" + {load.pages:.2g} × {costs.SWEEP_UNITS:g}"
    batches += f" + {load.rate * figures.NOTIFIED:g} × {figures.PAGE_UNITS}"
    average = f"{per_second} + {batches} = {sum(units.values()):,.0f} RU/s"
    highest = load.highest(deployed.others)
    hundreds = sum(highest.values()) / 100
    autoscaled = hundreds * costs.AUTOSCALE * HOURS
    if serverless(load) < autoscaled:
        millions = sum(units.values()) * MONTH
        return f"{average}; serverless: {millions:,.0f} M × {costs.SERVERLESS}", serverless(load)
    parts = " + ".join(f"{one:,}" for one in highest.values())
    return (
        f"{average}; autoscale, {figures.PEAK} times that: ({parts}) ÷ 100 × {costs.AUTOSCALE} × {HOURS}",
        autoscaled,
    )


def _stored(load: Load) -> Row:
    gigabytes, price = load.commands * figures.KILOBYTES, costs.STORED + costs.BACKUP
    return f"{gigabytes:,.1f} GB × {price:.2f}", gigabytes * price


def _log(load: Load) -> Row:
    units, price = load.throughput_units(), costs.UNIT + costs.CAPTURE
    text = f"{units} × {price:.2f} × {HOURS} + {load.commands:,.1f} M × {costs.EVENTS}"
    return text, units * price * HOURS + load.commands * costs.EVENTS


def _captured(load: Load) -> Row:
    gigabytes = load.commands * figures.KILOBYTES
    return f"{gigabytes:,.1f} GB × {costs.BLOBS}", gigabytes * costs.BLOBS


def _told(load: Load) -> Row:
    operations = 2 * figures.NOTIFIED * load.commands
    return f"{operations:,.1f} M × {costs.OPERATIONS:.2f}", operations * costs.OPERATIONS


def _instances(load: Load, deployed: Deployed) -> Row:
    ready, needed = deployed.ready, load.instances(deployed.ready)
    kept = deployed.kept
    # An invocation is billed for a second at least: what is called once a second is busy all the time.
    busy = sum(count for name, count in ready.items() if figures.CPU[name] and load.rate)
    more = sum(needed.values()) - sum(ready.values())
    seconds = MONTH * 1e6
    text = f"{kept} ready × {costs.READY:f} + {busy} of them busy × {costs.BUSY:f}"
    text += f" + {more} on demand × {costs.DEMAND:f}" if more else ""
    paid = kept * costs.READY + busy * costs.BUSY + more * costs.DEMAND
    return f"({text}) × {deployed.memory:g} GB × {seconds:,.0f} s", seconds * deployed.memory * paid


def _timers(deployed: Deployed) -> Row:
    """Each run wakes an instance of its own; over zones it is there already."""
    price = costs.BUSY if deployed.zones else costs.DEMAND
    seconds = deployed.runs_of_timers * 60 * HOURS * costs.TIMER_SECONDS
    runs = f"{deployed.runs_of_timers} × 60 × {HOURS} × {costs.TIMER_SECONDS} s"
    text = f"{runs} × {deployed.memory:g} GB × {price:f}"
    return text, seconds * deployed.memory * price


def _executions(load: Load) -> Row:
    a_second = 2 * load.rate + 5 * load.batches
    text = f"(2 × {load.rate:,} + 5 × {load.batches:g}) × {MONTH:.3f} M × {costs.EXECUTIONS:.2f}"
    return text, a_second * MONTH * costs.EXECUTIONS


def _checkpoints(load: Load, deployed: Deployed) -> Row:
    a_second = 4 * load.batches + deployed.renewals
    text = f"(4 × {load.batches:g} + {deployed.renewals:g}) × {MONTH:.3f} M × {costs.WRITES:.2f}"
    return text, a_second * MONTH * costs.WRITES


def _closed(load: Load, deployed: Deployed) -> Row:
    gigabytes = load.commands * figures.KILOBYTES * costs.CLOSED_COMMITS * bool(deployed.endpoints)
    text = (
        f"{deployed.endpoints} × {costs.ENDPOINT} × {HOURS} + {gigabytes:,.0f} GB × {costs.CLOSED}"
    )
    return text, deployed.endpoints * costs.ENDPOINT * HOURS + gigabytes * costs.CLOSED


def _tested(deployed: Deployed) -> Row:
    return f"{deployed.runs:.1f} thousand × {costs.TESTS:.2f}", deployed.runs * costs.TESTS


def _telemetry(load: Load, deployed: Deployed) -> Row:
    instances = sum(load.instances(deployed.ready).values())
    spans = load.rate * costs.SPANS + costs.POLL_SPANS
    traced = spans * MONTH * load.share * costs.SPAN_KILOBYTES
    measured = instances * costs.METRICS_GIGABYTES
    text = f"(({load.rate:,} × {costs.SPANS} + {costs.POLL_SPANS}) × {MONTH:.3f} M"
    text += f" × {load.share} × {costs.SPAN_KILOBYTES} KB"
    text += f" + {instances} × {costs.METRICS_GIGABYTES} GB) × {costs.LOGS:.2f}"
    return text, (traced + measured) * costs.LOGS
