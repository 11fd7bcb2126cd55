"""The specs, as they are, through the running stack."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import aiohttp
from azure.cosmos.aio import CosmosClient

from emulators.tests.machine import limit
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.kernel.messages.commit import Commit
from tests.local.running import Running
from tests.local.witness import LogAndWebhook, witness
from tests.specs.by_http import Client, Held, Seed, differing, over_http
from tests.specs.causing import has_route
from tests.specs.flows_by_http import Happening, flows_over_http, settled
from tests.specs.renaming import renamed
from tests.specs.shop import FLOWS, SPECS

AWAY = {"service": "event-hubs", "fault": "reject", "operation": "send", "probability": 1.0}


async def test_the_specs_hold_over_http(stack: Running) -> None:
    async with (
        CosmosClient.from_connection_string(stack.cosmos) as client,
        witness(stack) as watching,
    ):
        events = client.get_database_client("onewrite").get_container_client("events")
        store = CosmosEventStore(events)

        async def seed(commits: Sequence[Commit]) -> None:
            for commit in commits:
                await store.append([commit])

        # While the log takes nothing, no reaction goes on with what is given.
        await stack.faults.set(1, AWAY)
        held = await over_http(SPECS, stack.url, seed)
        await stack.faults.set(0)
        flows = await flows_over_http(FLOWS, SPECS, stack.url, seed, witness=watching)
        assert differing(held | flows) == {}
        assert left_out(held) == []
        assert {flow.title for flow in FLOWS if flow.late or flow.polled} == {
            title for title, one in flows.items() if one.left_out
        }
        assert not flows[FLOWS[0].title].left_out

        found, in_the_log = await found_otherwise(stack.url, seed, watching)
        assert [one.partition(" of")[0] for one in found] == [
            *(["`then`"] * 3),
            "`told`",
            "`shown`",
        ]
        assert in_the_log
        assert all(", in the log: " in one for one in in_the_log)

        await stack.faults.set(1, AWAY)
        (stuck,) = (await flows_over_http(FLOWS[:1], SPECS, stack.url, seed, within=2)).values()
        assert "something still waits" in stuck.found[0]


async def found_otherwise(
    url: str, seed: Seed, watching: LogAndWebhook
) -> tuple[list[str], list[str]]:
    """Let a flow happen as it should, and return what is found where something else is expected.

    The second list is found where nothing but the log differs.
    """
    async with aiohttp.ClientSession() as http:
        right = renamed(FLOWS[0])
        client = Client(http, url, SPECS, seed)
        happening = Happening(right, client, limit(), watching)
        await happening.begin()
        await settled(client, limit())
        await happening.happen()
        assert await happening.found() == []
        (order,) = (at for at in right.shown if at[0] == "orders")
        happening.flow = replace(right, then={}, told={}, shown={order: {"status": "rejected"}})
        otherwise = await happening.found()
        happening.flow = right
        happening.before = replace(happening.before, logged={})
        return otherwise, await happening.found()


def left_out(held: Mapping[str, Held]) -> list[str]:
    """The specs that were left out although they could be told."""
    untold = {spec.title for spec in SPECS if not has_route(type(spec.when))}
    found = {title for title, one in held.items() if one.left_out}
    assert untold <= found
    return sorted(found - untold)
