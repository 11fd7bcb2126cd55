"""The specs, as they are, through the running stack."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from azure.cosmos.aio import CosmosClient

from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.kernel.commit import Commit
from tests.local.running import running
from tests.local.witness import witness
from tests.specs.__main__ import hold
from tests.specs.all import FLOWS, SPECS
from tests.specs.by_http import Held, differing, has_route, over_http
from tests.specs.flows_by_http import UNSEEN, flows_over_http


@pytest.mark.timeout(240)
async def test_the_specs_hold_over_http(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with (
        running(tmp_path) as stack,
        CosmosClient.from_connection_string(stack.cosmos) as client,
        witness(stack) as watching,
    ):
        events = client.get_database_client("onewrite").get_container_client("events")
        store = CosmosEventStore(events)

        async def seed(commits: Sequence[Commit]) -> None:
            for commit in commits:
                await store.append([commit])

        held = await over_http(SPECS, stack.url, seed)
        flows = await flows_over_http(FLOWS, SPECS, stack.url, seed, witness=watching)
        assert differing(held | flows) == {}
        assert left_out(held) == []
        assert all((flow.fault or "") in flows[flow.title].left_out for flow in FLOWS)
        assert not flows[FLOWS[0].title].left_out

        # Against any URL, the commands themselves make the history.
        assert await hold(stack.url) == 0
        told = capsys.readouterr().out
        assert "left out over HTTP: the reactions hear of it when its deadline has passed" in told
        assert f"left out over HTTP: {UNSEEN}" in told
        assert "specs, 0 do not hold" in told

        wrong = replace(FLOWS[0], then={}, told={}, shown={("orders", "7"): {"status": "rejected"}})
        happened = await flows_over_http(
            [wrong], SPECS, stack.url, seed, patience=15, witness=watching
        )
        (other,) = happened.values()
        assert [found.partition(" of")[0] for found in other.found[3:7]] == [
            *(["the log"] * 3),
            "a webhook,",
        ]
        assert len(other.found) == 8, other

        away = {"service": "event-hubs", "fault": "reject", "operation": "send", "probability": 1.0}
        await stack.faults.set(1, away)
        (stuck,) = (await flows_over_http(FLOWS[:1], SPECS, stack.url, seed, patience=2)).values()
        assert "something still waits" in stuck.found[0]


def left_out(held: Mapping[str, Held]) -> list[str]:
    """The specs that were left out although they could be told."""
    untold = {spec.title for spec in SPECS if not has_route(type(spec.when))}
    found = {title for title, one in held.items() if one.left_out}
    assert untold <= found
    return sorted(found - untold)
