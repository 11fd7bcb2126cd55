"""Health: ready, or not ready and why."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from command_api.composition import Application
from command_api.health import get_health
from shared.kernel.errors import ConfigurationError, StoreError, StoreThrottled, StoreUnavailable
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
    assert [check.get("error") for check in body["checks"]] == ["unavailable", None]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConfigurationError("the setting COSMOS is missing"), "configuration"),
        (StoreThrottled("account-7"), "throttled"),
        (StoreError("account-7: 403"), "store"),
        (TimeoutError("account-7"), "unavailable"),
        (ZeroDivisionError("account-7"), "internal"),
    ],
)
async def test_whatever_is_wrong_is_named_and_logged_and_not_told(
    error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def assembled() -> Application:
        raise error

    status, body = await asked(assembled)

    assert status == 503
    assert [(check["name"], check["error"]) for check in body["checks"]] == [
        ("store", told),
        ("views", told),
    ]
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error] * 2
