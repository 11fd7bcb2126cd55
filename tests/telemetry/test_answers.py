"""Each query of the workbook finds in recorded rows what it should, asked of who knows the documented answers."""

import json
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest

from shared.adapters import telemetry
from shared.adapters.otel.metric_names import COUNTERS, HISTOGRAMS
from tests.infra.kusto import Answer, Engine, Rows, running_engine, tiles
from tests.telemetry.breeze import rows
from tests.telemetry.exported import exporting
from tests.telemetry.recording import RECORDED, kept, measure_everything, recorded, shape

# What the services and the host write is as their documentation has it: nothing here can be made to write it.
MINUTE: Final = "2026-11-30T12:00:00"
ROUTE: Final = "POST api/{category}/{id}/{command}"
OTHER: Final = "GET api/views/{view}/{key}"
OF_AZURE: Final[Rows] = {
    "AppRequests": [
        {"TimeGenerated": MINUTE, "Name": name, "DurationMs": float(number), "ItemCount": 1}
        for name, slower in ((ROUTE, 0), (OTHER, 1000))
        for number in range(1 + slower, 101 + slower)
    ],
    "AzureMetrics": [
        {
            "TimeGenerated": MINUTE,
            "ResourceProvider": f"MICROSOFT.{service}",
            "Resource": "SOME",
            "MetricName": metric,
            "Total": total,
        }
        for service, metric, total in (
            ("DOCUMENTDB", "TotalRequestUnits", 40.0),
            ("DOCUMENTDB", "TotalRequestUnits", 2.5),
            ("DOCUMENTDB", "IncomingMessages", 99.0),
            ("EVENTHUB", "IncomingMessages", 7.0),
            ("EVENTHUB", "OutgoingMessages", 21.0),
            ("EVENTHUB", "Size", 5.0),
            ("EVENTGRID", "DeliverySuccessCount", 3.0),
            ("EVENTGRID", "DeadLetteredCount", 1.0),
            ("EVENTGRID", "PublishSuccessCount", 4.0),
        )
    ],
}
SHOWN: Final[dict[str, set[tuple[Any, ...]]]] = {
    "Commands a minute, by what they came to": {("accepted", 2), ("repeated", 1), ("refused", 1)},
    # Another writer, and a command that had been written before.
    "Conflicts and retries a minute": {("onewrite.conflicts", 2), ("onewrite.retries", 1)},
    "Milliseconds of a command: median, 95th, 99th percentile": {(50, 95, 99)},
    "Request units a minute, by container": {("SOME", 42.5)},
    "Request units a minute, by operation of the code": {
        *(("tail", 0), ("find", 0), ("append", 0)),
    },
    "Messages into and out of the log a minute": {
        ("IncomingMessages", 7),
        ("OutgoingMessages", 21),
    },
    "Seconds that the oldest event of a batch, or that waits, is old, by stage": {
        *(("projections", 75), ("mailbox", 0)),
    },
    "Items of a batch, by stage": {("commit", 1), ("projections", 3), ("reactions", 1)},
    "Failed batches, by stage": {("reactions", 6)},
    "Runs of timers that ended well": {("sweep", 2), ("measure", 1)},
    "Seconds that the sweep is behind": {(130,)},
    "Seconds that a feed of others has failed, by feed": {("carrier", 90)},
    "Streams that were parked, by consumer; streams that the sweep mended": {
        *(("onewrite.parked", "projections", 1), ("onewrite.mended", "", 2)),
    },
    "Streams that are parked, by consumer": {("projections", 1)},
    "Deliveries of notifications": {("DeliverySuccessCount", 3), ("DeadLetteredCount", 1)},
}
"""What each tile shows of the one minute."""
# From the reference of the language, by the page: what it says that a query answers.
BEATLES: Final = "let T = datatable(name: string, day: long) ['John', 9, 'Paul', 18, 'George', 25, 'Ringo', 7]; T"
KEYS: Final = (
    "let X = datatable(Key: string, Value1: long) ['a', 1, 'b', 2, 'b', 3, 'c', 4];"
    " let Y = datatable(Key: string, Value2: long) ['b', 10, 'c', 20, 'c', 30, 'd', 40];"
)
DOCUMENTED: Final[dict[str, tuple[str, list[tuple[Any, ...]]]]] = {
    "sumif": (f"{BEATLES} | summarize sumif(day, strlen(name) > 4)", [(32,)]),
    "join, leftanti": (f"{KEYS} X | join kind=leftanti Y on Key", [("a", 1)]),
    "bin, number": ("print bin(4.5, 1)", [(4,)]),
    "bin, time": ("print bin(datetime(1970-05-11 13:45:07), 1d)", [("1970-05-11 00:00:00",)]),
    "mv-expand": (
        "print L = dynamic(['a', 'b']) | mv-expand L to typeof(string)",
        [("a",), ("b",)],
    ),
    "summarize, nothing": ("datatable(x: long) [] | summarize count(), sum(x)", [(0, 0)]),
    "summarize, nothing, by": ("datatable(x: long) [] | summarize count() by x", []),
    "endswith, without case": ("print 'Fabrikam' endswith 'KAM'", [(True,)]),
    "in, with case": ("print 'a' in ('A')", [(False,)]),
    "where, null": ("datatable(x: real) [1.0, real(null)] | where x > 0", [(1,)]),
    "percentile, nearest rank": (
        "range x from 1 to 10 step 1 | summarize percentile(x, 50), percentile(x, 95)",
        [(5, 10)],
    ),
    "tostring, null": ("print tostring(dynamic({'a': 'b'}).c)", [("",)]),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("engine")) as running:
        yield running


async def test_what_is_recorded_is_what_the_exporter_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with exporting(monkeypatch) as exported:
        monkeypatch.setattr(telemetry, "watcher", lambda: exported.watcher)
        await measure_everything(exported.watcher)
        sent = kept(exported.envelopes())
    if "WRITE_DOCS" in os.environ:
        RECORDED.write_text(json.dumps(sent, indent=1) + "\n", encoding="utf-8")

    assert shape(sent) == shape(recorded()), "WRITE_DOCS=1 records it anew"
    assert {name for _, name, *_ in shape(sent)} == {*COUNTERS, *HISTOGRAMS}


def values(answer: Answer) -> list[tuple[Any, ...]]:
    """Give rows without their names and their minute."""
    return [
        tuple(value for name, value in row.items() if name != "TimeGenerated") for row in answer
    ]


@pytest.mark.proof
def test_who_answers_the_queries_knows_the_answers_that_are_documented(engine: Engine) -> None:
    asked = {name: query for name, (query, _) in DOCUMENTED.items()}

    answered = {name: values(answer) for name, answer in engine.ask(asked, {}).items()}

    assert answered == {name: expected for name, (_, expected) in DOCUMENTED.items()}


@pytest.mark.proof
def test_every_tile_shows_what_was_measured_and_nothing_else(engine: Engine) -> None:
    answered = engine.ask(tiles(), {**rows(recorded()), **OF_AZURE})

    assert {name: set(values(answer)) for name, answer in answered.items()} == SHOWN
    times = {row["TimeGenerated"] for answer in answered.values() for row in answer}
    assert times == {"2026-11-30 12:00:00"}
