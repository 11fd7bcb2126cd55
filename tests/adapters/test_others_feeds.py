"""Asking feeds of others over HTTP: what is shown to whom, where nobody is led, and how much is read."""

import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.adapters import others_feeds
from shared.adapters.others_feeds import HttpOthersFeeds
from shared.adapters.polled_feeds import read_polled_feeds
from shared.adapters.public_addresses import PublicResolver, check_public
from shared.kernel.errors import InvalidMessage
from shared.kernel.ports import FeedUnavailable

PUBLIC = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """Serves the same for every path; gives where."""
    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    async with TestServer(application) as server:
        yield str(server.make_url("")).rstrip("/")


@asynccontextmanager
async def asking(
    url: str, allowed: str = "private", secrets: str = ""
) -> AsyncIterator[HttpOthersFeeds]:
    """Gives what asks one feed, with what the settings allow."""
    named = {
        "POLLED_FEEDS": f"carrier = {url} | * | * | {allowed}",
        "POLLED_FEEDS_SECRETS": secrets,
    }
    feeds = HttpOthersFeeds(read_polled_feeds(named), lambda: NOON)
    try:
        yield feeds
    finally:
        await feeds.close()


def always(**response: object) -> Answer:
    """Answers so."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(**response)  # type: ignore[arg-type]

    return answer


@pytest.mark.parametrize("there", ["https://[bad", "//["])
async def test_what_leads_nowhere_is_told(there: str) -> None:
    led = always(status=302, headers={"Location": there})
    linked = always(body=b"[]", headers={"Link": f'<{there}>; rel="next"'})

    for answer in (led, linked):
        async with serving(answer) as at, asking(at, "private redirects") as feeds:
            with pytest.raises(InvalidMessage, match="'carrier' leads nowhere"):
                await feeds.ask("carrier", at, None)


async def test_a_tag_that_cannot_be_shown_again_is_none() -> None:
    tagged = always(body=b"[]", headers={"ETag": '"\u00e9"'})

    async with serving(tagged) as at, asking(at) as feeds:
        answer = await feeds.ask("carrier", at, None)

    assert answer is not None
    assert answer.tag is None


async def test_a_feed_is_shown_what_it_knows_and_asked_for_what_is_read() -> None:
    seen = list[dict[str, str]]()

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(dict(request.headers))
        return web.Response(
            body=b"[]", content_type="application/json", headers={"Set-Cookie": "a=b"}
        )

    async with (
        serving(answer) as at,
        asking(at, secrets="carrier = x-functions-key: s3cret") as feeds,
    ):
        await feeds.ask("carrier", at, None)
        await feeds.ask("carrier", at, '"e"')

    assert [one["x-functions-key"] for one in seen] == ["s3cret"] * 2
    assert [one.get("If-None-Match") for one in seen] == [None, '"e"']
    assert all(one["Accept"].startswith("application/cloudevents-batch+json") for one in seen)
    assert all("Cookie" not in one for one in seen)


async def test_a_redirect_is_refused_unless_it_is_allowed_and_takes_no_secret_elsewhere() -> None:
    shown = list[str | None]()

    async def there(request: web.Request) -> web.StreamResponse:
        shown.append(request.headers.get("x-functions-key"))
        return web.Response(body=b"[]", content_type="application/json")

    secret = "carrier = x-functions-key: s3cret"
    async with (
        serving(there) as target,
        serving(always(status=307, headers={"Location": f"{target}/feed"})) as at,
        asking(at, secrets=secret) as refusing,
        asking(at, "private redirects", secret) as following,
    ):
        with pytest.raises(InvalidMessage, match="redirects with 307"):
            await refusing.ask("carrier", at, None)
        assert shown == []
        assert await following.ask("carrier", at, None) is not None

    assert shown == [None]


async def test_redirects_have_an_end() -> None:
    async with (
        serving(always(status=302, headers={"Location": "/again"})) as at,
        asking(at, "private redirects") as feeds,
    ):
        with pytest.raises(InvalidMessage, match="more than 3 times"):
            await feeds.ask("carrier", at, None)


async def test_a_document_is_read_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others_feeds, "LARGEST", 100_000)
    async with serving(always(body=b"x" * 100_001)) as at, asking(at) as feeds:
        with pytest.raises(InvalidMessage, match="more than 100000 bytes"):
            await feeds.ask("carrier", at, None)


async def test_what_is_compressed_is_refused() -> None:
    body = gzip.compress(b"[]")
    async with (
        serving(always(body=body, headers={"Content-Encoding": "gzip"})) as at,
        asking(at) as feeds,
    ):
        with pytest.raises(InvalidMessage, match="compressed"):
            await feeds.ask("carrier", at, None)


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [("7", 7), ("Mon, 23 Nov 2026 12:01:00 GMT", 60), ("Mon, 23 Nov 2026 11:00:00 GMT", 0)]
    + [(wrong, None) for wrong in ("soon", "-1", "²", "Mon, 23 Nov 2026")],
)
async def test_a_feed_says_when_it_may_be_asked_again(retry_after: str, wait: float | None) -> None:
    async with (
        serving(always(status=429, headers={"Retry-After": retry_after})) as at,
        asking(at) as feeds,
    ):
        with pytest.raises(FeedUnavailable, match="429") as raised:
            await feeds.ask("carrier", at, None)

    assert raised.value.wait == wait


async def test_where_nobody_listens_the_address_is_not_told() -> None:
    async with serving(always()) as at:
        pass
    async with asking(at) as feeds:
        with pytest.raises(FeedUnavailable) as raised:
            await feeds.ask("carrier", f"{at}?secret=1", None)

    assert str(raised.value) == "'carrier' does not answer: ClientConnectorError"


ADDRESSES = (
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
    *("::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1"),
)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidMessage, match="not public"):
        check_public(address)

    async with asking("https://carrier.example/feed", "") as feeds:
        with pytest.raises(InvalidMessage, match="not public"):
            await feeds.ask("carrier", f"https://{host}/feed", None)


async def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused_when_it_is_connected_to() -> (
    None
):
    async with asking("https://localhost/feed", "") as feeds:
        with pytest.raises(InvalidMessage, match="not public"):
            await feeds.ask("carrier", "https://localhost/feed", None)


async def test_a_name_of_a_public_address_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [PUBLIC])
    resolver = PublicResolver()

    (found,) = await resolver.resolve("carrier.example", 443)

    assert (found["host"], found["port"]) == ("93.184.215.14", 443)
    await resolver.close()


async def test_without_a_permission_all_is_read_over_tls() -> None:
    async with asking("https://carrier.example/feed", "") as feeds:
        with pytest.raises(InvalidMessage, match="not https"):
            await feeds.ask("carrier", "http://carrier.example/feed", None)
