"""The page docs/performance.md, made of what a run has kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from infra.local.stack import ROOT
from tests.bench.contestants import CONTESTANTS, ONEWRITE
from tests.bench.processes import Figures
from tests.bench.results import Results
from tests.bench.rounds import SCENARIOS, spread

PAGE: Final = ROOT / "docs" / "performance.md"
CONSUMERS: Final = 4

OPENING: Final = """\
# Performance

`make bench` measures all of this anew, in some minutes, and writes this page, its [figures](performance.json)
and its [picture](performance.svg). Compare ratios of one run: plain times are those of one machine, and of what
else it did.
"""
PEERS: Final = """\
## Beside its peers

One command on each of many streams: goods come in for an item that was registered. A cold command loads its
stream; a warm one finds what the process keeps in memory. All take turns in one run; a cell has the commands a
second at the median, and at the first and third quartile.

![commands a second](performance.svg)
"""
NOT_DONE: Final = "What a rate does not say:\n"
LAYERS: Final = """\
## Where the CPU of a command goes

Microseconds in the process of the functions, from the request to the answer, on the emulators. In Azure the
HTTP server and the host are the platform's own process.
"""
CALLS: Final = """\
The same inside the worker library, call by call, each behind a request to the store: what follows on a network
finds cold caches.
"""
AFTER: Final = """\
Each event is handed over by the worker library once for each of {consumers} consumers, in {event} µs a time in
a batch of 50. `azure.functions` alone would take {timed} µs, and {all} µs a command: it tries sixteen forms of
the time `EnqueuedTimeUtc`, one after another, of which Python keeps no more than six ready, and the host writes
the thirteenth. Nobody here reads that time, so [it is left unread](../consumers/unread_times.py).
"""
PUBLISHER: Final = """\
The publisher takes {published} µs an event of a full batch from several streams, and a bare `send_batch` of the
same messages {bare} µs. It packs an event in half of what `EventData` takes, as no message has properties; what
it has beside that is to read commits, to check them, and to write envelopes.
"""
START: Final = "## Start\n"


def page(results: Results) -> str:
    """Write the page."""
    parts = [
        *(OPENING, _run(results), PEERS, "\n".join(_rates(results))),
        *(NOT_DONE, "\n".join(_columns(results))),
        *(LAYERS, "\n".join(_layers(results.request))),
        *(CALLS, "\n".join(_calls(results.command, results.watched))),
        *(_after(results.request), PUBLISHER.format(**results.publisher)),
        *(START, _start(results.start)),
    ]
    return "\n".join(parts)


def _run(results: Results) -> str:
    machine, versions = results.machine, results.versions
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Run on {results.date}: {machine['system']}, {machine['processors']} processors, Python"
        f" {machine['Python']}, {machine['calibration']} times as slow as the quiet machine of the\n"
        f"[calibration](../emulators/tests/machine.py);\n{packages}.\n"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---", *["---:"] * (len(head) - 1)])
    yield from (_row(row) for row in rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rates(results: Results) -> Iterator[str]:
    rows = []
    for one in CONTESTANTS:
        if one.name in results.kernel.missing:
            rows.append([one.name, *[f"not had: {results.kernel.missing[one.name]}"] * 4])
            continue
        turns = results.kernel.turns[one.name]
        named = f"{one.name}, {results.kernel.versions[one.name]}"
        rows.append([named, *(_rate(turns[scenario.name]) for scenario in SCENARIOS)])
    yield from _table(["commands a second", *(one.name for one in SCENARIOS)], rows)


def _rate(turns: Sequence[float]) -> str:
    low, middle, high = (1e6 / one for one in reversed(spread(turns)))
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def _columns(results: Results) -> Iterator[str]:
    yield _row(["", "store", "written as JSON", "survives a kill", "once by id", "keeps a state"])
    yield _row(["---"] * 6)
    for one in CONTESTANTS:
        yield _row([one.name, one.store, one.writes_json, one.survives, one.once, one.keeps_state])
    yield ""
    with_ratios = [one for one in CONTESTANTS if one is not ONEWRITE]
    rows = [
        [
            one.name,
            *(f"{results.kernel.ratio(ONEWRITE.name, one.name, s.name):.2f}" for s in SCENARIOS),
        ]
        for one in with_ratios
        if one.name not in results.kernel.missing
    ]
    yield from _table(["Onewrite, as a multiple of", *(one.name for one in SCENARIOS)], rows)


def _layers(request: Figures) -> Iterator[str]:
    rows = [
        ("an HTTP server (aiohttp) that answers at once", request["bare"]),
        ("the emulated host and the worker library", request["empty"] - request["bare"]),
        ("the application and the SDK", request["command"] - request["empty"]),
        ("**a command over HTTP**", request["command"]),
    ]
    yield from _microseconds(rows)


def _calls(command: Figures, watched: Figures) -> Iterator[str]:
    own = command["command"] - command["empty"] - command["create"]
    more = watched["command"] - watched["empty"] - watched["create"] - own
    rows = [
        ("the worker library, and a function that does nothing", command["empty"]),
        ("routing, parsing, the kernel and the answer", own),
        ("the SDK: a bare `create_item` with the client as shipped", command["create"]),
        ("more with telemetry on", more),
    ]
    yield from _microseconds(rows)


def _microseconds(rows: Sequence[tuple[str, int]]) -> Iterator[str]:
    yield from _table(["layer", "µs"], [[name, f"{value:,}"] for name, value in rows])


def _after(request: Figures) -> str:
    timed = request["event with its time"]
    return AFTER.format(
        consumers=CONSUMERS, event=request["event"], timed=timed, all=f"{CONSUMERS * timed:,}"
    )


def _start(start: Mapping[str, float]) -> str:
    return (
        f"The app loads in {start['app']:,} ms of CPU, and the SDKs of its first command alone in"
        f" {start['SDKs']:,} ms: {start['ratio']:.2f}.\n"
        "[A test](../tests/bench/test_cold_start.py) holds which modules the first command loads.\n"
    )
