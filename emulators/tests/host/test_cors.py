"""Browsers that ask from other origins: preflights are answered in front of all functions, as in Azure."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from emulators.host.configuration import load_settings
from emulators.host.cors import Cors

SHOP, TILL = "https://shop.example", "http://localhost:3000"


@asynccontextmanager
async def serving(cors: Cors) -> AsyncIterator[aiohttp.ClientSession]:
    """Serve an app that answers everything with what was asked, behind the middleware."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=request.method, headers={"Vary": "Accept"})

    app = web.Application(middlewares=[cors.middleware()])
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        yield http
    await runner.cleanup()


def granted(answer: aiohttp.ClientResponse) -> dict[str, str]:
    return {
        name.lower(): value
        for name, value in answer.headers.items()
        if name.lower().startswith("access-control")
    }


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE", "PATCH", "purge"])
@pytest.mark.parametrize("asked", ["", "content-type,idempotency-key", "x-functions-key"])
async def test_a_preflight_is_granted_what_it_asks_for(method: str, asked: str) -> None:
    headers = {"Origin": SHOP, "Access-Control-Request-Method": method}
    wanted = {"access-control-allow-origin": SHOP, "access-control-allow-methods": method}
    if asked:
        headers["Access-Control-Request-Headers"] = asked
        wanted["access-control-allow-headers"] = asked
    async with (
        serving(Cors(frozenset({SHOP}), credentials=False)) as http,
        http.options("/any", headers=headers) as answer,
    ):
        assert (answer.status, await answer.text(), granted(answer)) == (204, "", wanted)


@pytest.mark.parametrize(
    "origin",
    [
        *("https://other.example", "http://shop.example", "https://shop.example:444", "null"),
        *("https://shop.example.evil.example", "https://sub.shop.example", "", "*", "shop.example"),
        "https://shop.example/",
    ],
)
async def test_another_origin_is_granted_nothing(origin: str) -> None:
    async with serving(Cors(frozenset({SHOP}), credentials=True)) as http:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        async with http.options("/any", headers=headers) as answer:
            assert (answer.status, granted(answer)) == (204, {})
        async with http.post("/any", headers={"Origin": origin}) as answer:
            assert (await answer.text(), granted(answer)) == ("POST", {})


async def test_what_is_no_preflight_reaches_the_function() -> None:
    async with serving(Cors(frozenset({SHOP}), credentials=False)) as http:
        for headers in (
            {},
            {"Origin": SHOP},
            {"Access-Control-Request-Method": "POST"},
            {"WebHook-Request-Origin": "eventgrid.azure.net"},
        ):
            async with http.options("/any", headers=headers) as answer:
                assert (answer.status, await answer.text()) == (200, "OPTIONS")


async def test_an_answer_says_whose_page_may_show_it() -> None:
    async with (
        serving(Cors(frozenset({SHOP, TILL}), credentials=True)) as http,
        http.get("/any", headers={"Origin": TILL}) as answer,
    ):
        assert granted(answer) == {
            "access-control-allow-origin": TILL,
            "access-control-allow-credentials": "true",
        }
        assert answer.headers.getall("Vary") == ["Accept", "Origin"]


async def test_every_origin_is_a_star() -> None:
    async with (
        serving(Cors(frozenset({"*"}), credentials=False)) as http,
        http.get("/any", headers={"Origin": TILL}) as answer,
    ):
        assert granted(answer) == {"access-control-allow-origin": "*"}


@pytest.mark.parametrize(
    ("host", "origins", "credentials"),
    [
        ({}, set(), False),
        ({"CORS": ""}, set(), False),
        ({"CORS": "*"}, {"*"}, False),
        ({"CORS": "*", "CORSCredentials": True}, {"*"}, False),
        ({"CORS": f"{SHOP},{TILL}"}, {SHOP, TILL}, False),
        ({"CORS": f" {SHOP} , ", "CORSCredentials": True}, {SHOP}, True),
    ],
)
def test_a_settings_file_says_it_as_func_reads_it(
    host: dict[str, object],
    origins: set[str],
    credentials: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("CORS_ALLOWED_ORIGINS", "CORS_SUPPORT_CREDENTIALS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    file = tmp_path / "local.settings.json"
    file.write_text(json.dumps({"Host": host}), encoding="utf-8")

    load_settings(file)

    assert Cors.read() == Cors(frozenset(origins), credentials)


def test_the_platforms_own_settings_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", json.dumps([SHOP]))
    monkeypatch.setenv("CORS_SUPPORT_CREDENTIALS", "True")
    file = tmp_path / "local.settings.json"
    file.write_text(json.dumps({"Host": {"CORS": "*"}}), encoding="utf-8")

    load_settings(file)

    assert Cors.read() == Cors(frozenset({SHOP}), credentials=True)
