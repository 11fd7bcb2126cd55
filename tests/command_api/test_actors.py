"""Who asks: known where the platform signs callers in, believed nowhere else."""

from dataclasses import replace
from typing import Any

import pytest

from command_api.composition import Application
from shared.adapters.identity.actor import Actors
from shared.adapters.settings import signs_in
from shared.kernel.messages.derived_id import derived_id
from shared.kernel.messages.stream import StreamName
from tests.command_api.calls import get, get_stream, nothing_is_written, post, post_command, told

TEAPOT = {"name": "Teapot", "reorderPoint": 2}


async def registers(application: Application, actor: str, key: str = "k1") -> tuple[int, Any]:
    headers = {"Idempotency_Key": key, "X_MS_Client_Principal_Id": actor}
    answer = await post_command(post("register-item", TEAPOT, **headers), application)
    return answer.status_code, told(answer)


async def test_the_same_key_from_another_actor_is_told_so(application: Application) -> None:
    signed_in = replace(application, actors=Actors(signs_in=True))

    assert (await registers(signed_in, "ann"))[0] == 200
    assert (await registers(signed_in, "ann"))[0] == 200
    status, problem = await registers(signed_in, "bob")

    assert (status, problem["code"]) == (422, "command-id-reused")
    page = told(await get_stream(get("streams", stream="item-SKU1"), signed_in))
    assert [one["metadata"]["actor"] for one in page["commits"]] == ["ann"]


async def test_nobody_is_believed_where_the_platform_signs_nobody_in(
    application: Application,
) -> None:
    assert (await registers(application, "ann"))[0] == 200
    assert (await registers(application, "bob"))[0] == 200
    page = told(await get_stream(get("streams", stream="item-SKU1"), application))
    assert "actor" not in page["commits"][0]["metadata"]


@pytest.mark.parametrize(("value", "signs"), [("True", True), ("false", False), (None, False)])
def test_the_platform_says_whether_it_signs_in(value: str | None, *, signs: bool) -> None:
    environment = {} if value is None else {"WEBSITE_AUTH_ENABLED": value}

    assert signs_in(environment) is signs


async def test_no_client_can_send_an_id_that_events_give(application: Application) -> None:
    id_ = derived_id("order-A@4", "release-cancelled", StreamName("item", "SKU1"), "SKU1")

    status, problem = await registers(application, "ann", key=id_)

    assert (status, problem["code"]) == (400, "idempotency-key")
    assert await nothing_is_written(application)
