"""Drills on one local stack, with its telemetry on: each alert that it can cause rings, and ends with its runbook.

What only time or the platform brings is drilled beside: a stream that is hot for long (test_hot_stream_drill.py),
and what the platform says of itself (test_activity_log.py).
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiohttp
import pytest
import pytest_asyncio

from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.machine import calibrate
from emulators.tests.waiting import until
from shared.adapters.otel.metric_names import FAILURES
from tests.infra.kusto import Rows, running_engine
from tests.local.running import running
from tests.telemetry import site_causes as causes
from tests.telemetry.breeze import ingesting
from tests.telemetry.site import METRICS, QUERIES, TIMERS, Site, Step
from tests.telemetry.site_runbooks import commands, typed

pytestmark = pytest.mark.proof
on_site = pytest.mark.asyncio(loop_scope="module")

ELSEWHERE = {"hot-stream"}
LOOKED = {
    "parked": r'"stream":"item-TEA"',
    "lag": r'"stage":"single_publisher","partition":"\d","events":1,"seconds":[1-9]\d\d',
    "unready": r'"error":"throttled"',
}
"""What is seen by what a runbook has typed first, for those that have something to type here."""


def enough(rows: Rows) -> bool:
    """Tell whether a batch of the publisher has failed again and again."""
    failed = [one for one in rows["AppMetrics"] if one["Name"] == FAILURES]
    mine = [one["Sum"] for one in failed if one["Properties"]["stage"] == "single_publisher"]
    return int(sum(mine)) > 5


class Drill(NamedTuple):
    """What brings alerts about and what mends it; a window of it is over when enough is told."""

    rings: frozenset[str]
    cause: Step
    mend: Step
    timers: tuple[str, ...] = TIMERS
    enough: Callable[[Rows], bool] = bool


def drill(*rings: str, cause: Step, mend: Step, **more: object) -> Drill:
    return Drill(frozenset(rings), cause, mend, **more)  # type: ignore[arg-type]


DRILLS = (
    drill("parked", cause=causes.park, mend=causes.release),
    drill(
        *("lag", "unproven", "failing-batches", "throttled-log"),
        cause=causes.refuse_to_log,
        mend=causes.work_again,
        enough=enough,
    ),
    drill("mended", cause=causes.lose, mend=causes.work_again),
    drill("standstill", cause=causes.read_nothing, mend=causes.work_again, timers=()),
    drill(*("silent", "stopped-timer"), cause=causes.keep_markers_away, mend=causes.work_again),
    drill("unfollowed", cause=causes.fail_for_an_hour, mend=causes.follow_again),
    drill("throttled-store", "unready", cause=causes.throttle, mend=causes.work_again, timers=()),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with _started(tmp_path_factory) as made:
        await made.post("item/TEA/register-item", {"name": "Tea", "reorderPoint": 1})
        await made.settle()
        yield made


@asynccontextmanager
async def _started(places: pytest.TempPathFactory) -> AsyncIterator[Site]:
    with running_engine(places.mktemp("engine")) as engine, ingesting() as breeze:
        async with causes.offering() as feed:
            settings = {
                **breeze.settings,
                "OTEL_METRIC_EXPORT_INTERVAL": "200",
                "POLLED_FEEDS": f"{causes.CARRIER} = {feed} | * | * | private",
                "PUBLISH_BUDGET": "0.2",
                # The sweep does not come before what is just on its way.
                "SWEEP_AGE": str(60 * calibrate()),
                # Nor does a timer run by the clock: its end would pass for that of the run that is waited for.
                **{f"AzureWebJobs.{timer}.Disabled": "true" for timer in TIMERS},
            }
            state = places.mktemp("stack") / "state"
            async with (
                running(state, None, **settings) as stack,
                aiohttp.ClientSession(stack.url) as http,
            ):
                yield Site(stack, http, breeze, engine)


async def calm(site: Site) -> set[str]:
    """Let what came before be over, and then a quarter of an hour pass; gives what rings in that."""
    if not site.is_calm:
        await site.window(*TIMERS)
    rung = site.rung(await site.window(*TIMERS))
    site.is_calm = not rung
    return rung


async def drilled(
    site: Site, cause: Step, timers: tuple[str, ...], told: Callable[[Rows], bool]
) -> set[str]:
    """Bring something about where all was calm; gives what rings meanwhile."""
    assert site.is_calm or await calm(site) == set()
    site.is_calm = False
    await cause(site)
    return site.rung(await site.window(*timers, told=told))


def test_every_alert_that_asks_is_drilled_here_or_beside() -> None:
    here = {name for one in DRILLS for name in one.rings}

    assert (
        here | {"refused-webhooks", "dead-letters"} | ELSEWHERE == QUERIES.keys() | METRICS.keys()
    )


@on_site
@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.cause.__name__)
async def test_what_is_caused_on_the_stack_rings_and_ends_with_the_runbook(
    drill: Drill, site: Site
) -> None:
    meanwhile = await drilled(site, drill.cause, drill.timers, drill.enough)
    looked = {alert: await typed(site, commands(alert)[0]) for alert in drill.rings & LOOKED.keys()}
    await drill.mend(site)

    assert drill.rings <= meanwhile
    for alert, told in looked.items():
        assert re.search(LOOKED[alert], told), (alert, told)
    assert await calm(site) == set()


@on_site
@pytest.mark.parametrize(
    ("rule", "status", "orders", "counted", "given_up"),
    [
        ("refused-webhooks", 503, 21, "failedAttempts", []),
        # It is never tried again.
        ("dead-letters", 400, 1, "deadLettered", ["BadRequest"]),
    ],
)
async def test_a_webhook_that_refuses_rings_until_it_takes_what_it_is_told(
    *, rule: str, status: int, orders: int, counted: str, given_up: list[str], site: Site
) -> None:
    async with serving(Webhook(status=status)) as webhook, causes.hearing(site, webhook):

        async def refused(site: Site) -> None:
            await causes.reject(site, rule, orders)
            await until(site.subscription, lambda told: told[counted] >= orders)

        meanwhile = await drilled(site, refused, (), bool)
        # The runbook: who was not told what, and why; and the subscriber takes what comes from then on.
        letters = await site.given_up()
        webhook.status = 200

        assert rule in meanwhile
        assert [one["lastdeliveryoutcome"] for one in letters] == given_up
        assert await calm(site) == set()
