"""Does one piece of work in a process of its own, and prints the most memory that this process ever had, in MB."""

import asyncio
import json
import re
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import azure.functions as func

from command_api.causes import get_causes
from command_api.composition import application
from command_api.streams import get_stream
from command_api.views import get_view
from consumers import composition
from shared.adapters import names, wiring
from shared.adapters.http.parked_streams_endpoint import list_parked
from shared.domain import domain
from shared.kernel.delivery.parking import Parked
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import RowKey

STREAM, LENGTH, MARKERS, ROWS = StreamName("item", "LONG"), 60_000, 80, 2_000


def asked(params: dict[str, str], headers: dict[str, str] | None = None, **route: str) -> Any:
    """Give a request as the worker hands it over."""
    return func.HttpRequest(
        "GET", "/api", headers=headers or {}, params=params, route_params=route, body=b""
    )


def told(answer: func.HttpResponse) -> Any:
    assert answer.status_code == 200, answer.get_body()
    return json.loads(answer.get_body())


async def forget() -> None:
    """Delete the rows of the long stream."""
    rows = await wiring.rows()
    for one in domain.views:
        await rows.delete(RowKey(one.name, STREAM.id, str(STREAM)))


async def release() -> int:
    """Replay a long stream from its first event on."""
    await forget()
    marker = Parked("projections", str(STREAM), 1, LENGTH, "a bug", "")
    projections = await composition.projections()
    # A request stops after a while, and the next goes on.
    while isinstance(reached := await projections.replay(marker), Parked):
        assert reached.version > marker.version
        marker = reached
    return reached


async def gap() -> int:
    """Bring the last event of a long stream, whose rows do not know of any."""
    await forget()
    last = (await (await wiring.event_store()).tail(STREAM, 1)).commits[-1]
    await (await composition.projections()).project([encode(list(envelopes(last))[-1])])
    rows = await (await wiring.rows()).of_key("stock", STREAM.id)
    return rows[0].version


async def query() -> int:
    """Read a long stream over HTTP, from page to page."""
    after, page = 0, {"next": ""}
    while "next" in page:
        params = {"after": str(after)}
        answer = await get_stream(asked(params, stream=str(STREAM)), await application())
        page = told(answer)
        after = page["version"]
    return after


async def causes() -> int:
    """Ask what followed from an event in the middle of a long stream."""
    request = asked({"version": str(LENGTH // 2)}, stream=str(STREAM))
    told(await get_causes(request, await application()))
    return LENGTH


async def parked() -> int:
    """Look at what is parked as a batch, a timer and an operator do."""
    parking = await wiring.parking()
    for _ in range(3):
        streams = {f"item-{number}" for number in range(MARKERS)}
        assert len(await parking.held("projections", streams)) == MARKERS
        assert await parking.count("projections") == MARKERS
        shown = told(await list_parked(parking))["parked"]
    one = {"consumer": "projections", "stream": shown[0]["stream"]}
    assert told(await list_parked(parking, one))["envelope"]
    return len(shown)


async def view() -> int:
    """Wait for a version under a key of many rows, in vain and not, then read all of them."""
    found, after = 0, ""
    for version in ("9", "1"):
        late = asked({"at-least": version}, {"prefer": "wait=0"}, view="customers", key="C1")
        assert (await get_view(late, await application())).status_code in {200, 202}
    while True:
        behind = {"after": after} if after else {}
        page = told(await get_view(asked(behind, view="customers", key="C1"), await application()))
        found += len(page["rows"])
        if "next" not in page:
            return found
        after = page["rows"][-1]["stream"]


WORKS: dict[str, Callable[[], Coroutine[Any, Any, int]]] = {
    work.__name__: work for work in (release, gap, query, causes, parked, view)
}


def peak() -> float:
    """Read the most memory that this process ever had resident."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    name, events, views, held = sys.argv[1:]
    for constant, container in (("EVENTS", events), ("VIEWS", views), ("PARKED", held)):
        setattr(names, constant, container)
    done = asyncio.run(WORKS[name]())
    print(json.dumps({"done": done, "peak": peak()}))
