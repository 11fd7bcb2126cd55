"""A function set that answers what no spec speaks of: each spec says so, and the others are held all the same."""

from dataclasses import replace

from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.domain.shop.item.commands import RegisterItem
from tests.specs.by_http import over_http
from tests.specs.flows_by_http import LAG, flows_over_http
from tests.specs.shop import FLOWS, SPECS

REGISTERING = next(spec for spec in SPECS if isinstance(spec.when, RegisterItem) and not spec.given)


async def served(text: str, status: int) -> TestServer:
    """Serve one answer to everything; nothing waits."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == LAG:
            return web.json_response({"stages": []})
        return web.Response(text=text, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    return server


async def test_an_answer_that_no_spec_speaks_of_is_a_difference_of_its_spec() -> None:
    for text, status in (('{"code": "unavailable"}', 503), ("<html>", 502), ("[]", 200)):
        async with await served(text, status) as server:
            url = str(server.make_url("")).rstrip("/")
            specs = await over_http([REGISTERING], url)
            flows = await flows_over_http(FLOWS[:1], SPECS, url)

        for (held,) in (specs.values(), flows.values()):
            assert f"answers {status}: {text}" in held.found[0]


async def test_a_flow_whose_streams_cannot_be_read_says_so() -> None:
    nothing_given = replace(FLOWS[0], given={})
    async with await served('{"code": "unavailable"}', 503) as server:
        url = str(server.make_url("")).rstrip("/")
        (held,) = (await flows_over_http([nothing_given], SPECS, url)).values()

    assert "/api/streams/" in held.found[0]


async def test_given_events_that_cannot_be_caused_are_a_difference() -> None:
    receiving = next(spec for spec in SPECS if spec.given and not isinstance(spec.then, str))
    async with await served('{"events": []}', 200) as server:
        url = str(server.make_url("")).rstrip("/")
        held = (await over_http([REGISTERING, receiving], url))[receiving.title]

    assert held.found[0].startswith("to have ItemRegistered(")
    assert held.found[0].endswith("came to ()")
