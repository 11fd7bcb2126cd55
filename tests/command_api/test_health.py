"""Health: ready, or not ready and why."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from command_api.composition import Application
from command_api.health import get_health
from shared.adapters.memory import MemoryLeases
from shared.kernel.errors import ConfigurationError, StoreError, StoreThrottled, StoreUnavailable
from shared.kernel.ports import Found, LeaseFault


async def asked(assemble: Callable[[], Awaitable[Application]]) -> tuple[int, dict[str, Any]]:
    response = await get_health(assemble, lambda: None)
    body: dict[str, Any] = json.loads(response.get_body())
    return response.status_code, body


async def test_it_is_ready_when_store_and_views_answer(application: Application) -> None:
    async def assembled() -> Application:
        return application

    status, body = await asked(assembled)

    assert (status, body["status"]) == (200, "ready")
    assert [(check["name"], check["ready"]) for check in body["checks"]] == [
        ("settings", True),
        ("store", True),
        ("views", True),
        ("leases", True),
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
    assert [check.get("error") for check in body["checks"]] == [None, "unavailable", None, None]


async def test_it_says_when_the_publisher_does_not_read_all_of_the_feed(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    async def assembled() -> Application:
        return application

    leases = await application.leases()
    assert isinstance(leases, MemoryLeases)
    leases.wrong.append(LeaseFault("no lease covers 20-30", "delete the .info"))

    status, body = await asked(assembled)

    assert (status, body["status"]) == (503, "unready")
    assert [(one["name"], one["ready"]) for one in body["checks"]][-1] == ("leases", False)
    [said] = [str(record.exc_info[1]) for record in caplog.records if record.exc_info]
    assert said == "no lease covers 20-30: delete the .info"


async def test_a_wrong_setting_is_named_in_the_log_before_anybody_needs_it(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    async def assembled() -> Application:
        return application

    def wrong() -> None:
        raise ConfigurationError("WEBHOOK_SECRETS, entry 1")

    response = await get_health(assembled, wrong)

    assert response.status_code == 503
    assert "WEBHOOK_SECRETS, entry 1" in caplog.text
    assert b"WEBHOOK" not in response.get_body()


async def test_in_a_cloud_the_log_has_what_we_say_and_nothing_of_what_services_say(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_SITE_NAME", "func-api")

    said = "account-7: 403"

    async def assembled() -> Application:
        raise StoreError(said)

    def wrong() -> None:
        raise ConfigurationError("WEBHOOK_SECRETS, entry 1")

    await get_health(assembled, wrong)

    assert "the check settings failed: WEBHOOK_SECRETS, entry 1: ConfigurationError" in caplog.text
    assert "the check store failed: StoreError" in caplog.text
    assert "account-7" not in caplog.text


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
    assert [(check["name"], check.get("error")) for check in body["checks"]] == [
        ("settings", None),
        ("store", told),
        ("views", told),
        ("leases", told),
    ]
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error] * 3
