"""Health: ready, or not ready and why."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from command_api.composition import Application
from command_api.health import get_health
from shared.kernel.errors import ConfigurationError, StoreUnavailable
from shared.kernel.ports import Found


async def asked(assemble: Callable[[], Awaitable[Application]]) -> tuple[int, dict[str, Any]]:
    response = await get_health(assemble)
    body: dict[str, Any] = json.loads(response.get_body())
    return response.status_code, body


async def test_it_is_ready_when_store_and_views_answer(application: Application) -> None:
    async def assembled() -> Application:
        return application

    status, body = await asked(assembled)

    assert (status, body["status"]) == (200, "ready")
    assert [(check["name"], check["ready"]) for check in body["checks"]] == [
        ("store", True),
        ("views", True),
    ]


async def test_it_says_which_part_does_not_answer(
    application: Application, monkeypatch: Any
) -> None:
    async def silent(*_: object, **__: object) -> Found:
        raise StoreUnavailable("Cosmos DB does not answer")

    async def assembled() -> Application:
        return application

    monkeypatch.setattr(type(application.store), "read", silent)

    status, body = await asked(assembled)

    assert (status, body["status"]) == (503, "unready")
    assert [check.get("error") for check in body["checks"]] == ["Cosmos DB does not answer", None]


async def test_a_setting_that_is_missing_is_named() -> None:
    async def assembled() -> Application:
        raise ConfigurationError("the setting COSMOS is missing")

    status, body = await asked(assembled)

    assert status == 503
    assert {check["error"] for check in body["checks"]} == {"the setting COSMOS is missing"}
