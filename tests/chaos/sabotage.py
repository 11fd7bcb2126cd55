"""The application on a platform that passes over batches, with one safety device replaced, by name.

So that chaos runs are seen to fail. No setting of the product can do this: the host loads an app of a folder of
the test, which calls `sabotaged`.
"""

import asyncio
import importlib.util
import os
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.functions as func
from azure.core.exceptions import AzureError
from azure.eventhub.exceptions import EventHubError

from consumers import projections
from consumers.place_in_hub import Follower
from shared.adapters import names, wiring
from shared.adapters.cosmos.codec import to_item
from shared.adapters.cosmos.errors import CONFLICT, status
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.adapters.event_hubs import EventHubsLog
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.command_batcher import Waiting
from shared.kernel.errors import Conflict, OutcomeUnknown
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.json_reading import read
from shared.kernel.ports import Appended, Collided
from shared.kernel.views.view import Row, View
from single_publisher.sweep import Sweep, Swept
from tests.chaos import batches
from tests.chaos.cloud import EVERY_SECOND, SKEW
from tests.reference import ROOT

APP = '''"""The shipped app without one of its safety devices."""

from pathlib import Path

from tests.chaos.sabotage import sabotaged

app = sabotaged({device!r}, Path(__file__).with_name({told!r}))
'''


def make_app(folder: Path, device: str) -> Path:
    """Write an app that lacks a device; gives its folder."""
    folder.mkdir()
    (folder / "host.json").write_bytes((ROOT / "host.json").read_bytes())
    (folder / "function_app.py").write_text(
        APP.format(device=device, told=batches.PASSED_OVER), encoding="utf-8"
    )
    return folder


def sabotaged(device: str, told: Path) -> func.FunctionApp:
    """Load the shipped app after replacing a device, on a platform that passes over batches."""
    # Nobody waits for a minute here.
    _replace(names, "CATCH_UP_SCHEDULE", EVERY_SECOND)
    _skew(timedelta(seconds=float(os.environ.get(SKEW, "0"))))
    _replace(Follower, "take", batches.lossy(told))
    DEVICES[device]()
    found = importlib.util.spec_from_file_location("shipped", ROOT / "function_app.py")
    assert found
    assert found.loader
    shipped: Any = importlib.util.module_from_spec(found)
    found.loader.exec_module(shipped)
    app: func.FunctionApp = shipped.app
    return app


def _skew(ahead: timedelta) -> None:
    """Let the clock of this process be wrong."""
    right = wiring.now
    _replace(wiring, "now", lambda: right() + ahead)


def nothing() -> None:
    """Replace nothing: the control."""


def version_check() -> None:
    """Write over whatever has the same version: the last writer wins."""

    async def upsert(self: CosmosEventStore, items: list[dict[str, Any]]) -> float:
        for item in items:
            await self._events.upsert_item(item, retry_total=0)
        return 0.0

    _replace(CosmosEventStore, "_create", upsert)


def read_back() -> None:
    """Take every collision for somebody else's write, without asking whose it was."""
    confirm = ApplicationService._confirm

    async def presume(
        self: ApplicationService, stream: Any, base: Any, open_: Sequence[Any], written: Any
    ) -> Sequence[Waiting]:
        if not isinstance(written, Collided):
            return await confirm(self, stream, base, open_, written)
        for waiting, _ in open_:
            waiting.tell(Conflict("somebody else was first", base.version))
        return ()

    _replace(ApplicationService, "_confirm", presume)


def identical_re_send() -> None:
    """Decide anew, under another id, when the outcome of a write is not known."""

    async def once(self: CosmosEventStore, commits: Sequence[Commit]) -> Appended | Collided:
        try:
            return Appended(await self._create([to_item(commit) for commit in commits]))
        except AzureError as error:
            if status(error) == CONFLICT:
                return Collided()
            raise OutcomeUnknown(str(error)) from error

    append = ApplicationService._append

    async def anew(
        self: ApplicationService, stream: Any, batch: Any, taken: Sequence[Waiting]
    ) -> Appended | Collided:
        try:
            return await append(self, stream, batch, taken)
        except OutcomeUnknown:
            for one in taken:
                one.request = replace(one.request, command_id=str(uuid.uuid4()))
            return Collided()

    _replace(CosmosEventStore, "append", once)
    _replace(ApplicationService, "_append", anew)


def retry_policy() -> None:
    """Register the stream functions without a retry policy."""

    def unchanged(_self: func.Blueprint, *_: Any, **__: Any) -> Callable[[Any], Any]:
        return lambda function: function

    _replace(func.Blueprint, "retry", unchanged)


def hold_the_head() -> None:
    """Let what comes next overtake what failed, and send that later."""
    sending: set[asyncio.Task[None]] = set()

    async def later(work: Callable[[], Awaitable[object]]) -> None:
        await asyncio.sleep(1)
        await work()

    async def overtaken(
        _self: EventHubsLog, _partition: int, _deadline: float, work: Callable[[], Awaitable[Any]]
    ) -> Any:
        try:
            async with asyncio.timeout(2):
                return await work()
        except (EventHubError, TimeoutError):
            task = asyncio.create_task(later(work))
            sending.add(task)
            task.add_done_callback(sending.discard)
            return []

    _replace(EventHubsLog, "_held", overtaken)


def dedupe() -> None:
    """Fold whatever arrives, also what the row has seen."""

    def fold_all(
        view: View[Any], row: Row, arrived: Mapping[int, Any], skipped: frozenset[int] = frozenset()
    ) -> Row:
        data = read(view.data_type, row.data)
        for version in sorted(arrived.keys() - skipped):
            data = view.evolve(data, arrived[version])
        return Row(row.at, max(row.version, *arrived), data.model_dump(mode="json"))

    _replace(projections, "advance", fold_all)


def own_place() -> None:
    """Believe that the platform brings all that a hub holds."""

    async def far_enough(_self: Follower, _partition: int, number: int, _seconds: float) -> int:
        return number

    _replace(Follower, "_reach", far_enough)


def sweep() -> None:
    """Sweep nothing."""

    async def idle(_self: Sweep, _seconds: float) -> Swept:
        return Swept(0, ())

    _replace(Sweep, "run", idle)


def _replace(place: Any, name: str, other: Any) -> None:
    assert hasattr(place, name), f"there is no {name} any more: this sabotage does nothing"
    setattr(place, name, other)


DEVICES: Mapping[str, Callable[[], None]] = {
    "nothing": nothing,
    "version check": version_check,
    "hold the head": hold_the_head,
    "dedupe": dedupe,
    "read-back after 409": read_back,
    "identical re-send": identical_re_send,
    "retry policy": retry_policy,
    "sweep": sweep,
    "own place": own_place,
}
