"""Feeds of others over HTTP: asked with a credential and a condition, and read up to a size."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import aiohttp

from shared.adapters.http.bodies import media_type
from shared.adapters.polled_feeds import PolledFeed, origin
from shared.adapters.public_addresses import PublicResolver, check_public
from shared.kernel.errors import InvalidMessage
from shared.kernel.ports import FeedAnswer, FeedGone, FeedUnavailable

ACCEPT = (
    "application/cloudevents-batch+json, application/x-ndjson;q=0.9, application/atom+xml;q=0.8"
)
TIMEOUT = aiohttp.ClientTimeout(total=10)
LARGEST = 4_000_000
"""Bytes of a document: a page of ours has one megabyte at most."""
MOST_REDIRECTS = 3
_CHUNK = 65_536
_LEADING_AWAY = frozenset({301, 302, 303, 307, 308})


class HttpOthersFeeds:
    """Asks the feeds that the settings name; connections are kept."""

    def __init__(self, feeds: Iterable[PolledFeed], now: Callable[[], datetime]) -> None:
        self._feeds = {one.name: one for one in feeds}
        self._now = now
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def ask(self, feed: str, url: str, tag: str | None) -> FeedAnswer | None:
        known = self._feeds[feed]
        for _ in range(MOST_REDIRECTS + 1):
            try:
                _check_address(known, url)
                async with self._session(known).get(
                    url, headers=_headers(known, url, tag), allow_redirects=False
                ) as response:
                    if response.status not in _LEADING_AWAY:
                        return await self._answer(known, response)
                    url = _led(known, response)
            except (aiohttp.ClientError, TimeoutError) as error:
                # What it says may hold the address, and so what nobody else should see.
                raise FeedUnavailable(
                    f"'{feed}' does not answer: {type(error).__name__}"
                ) from error
            except ValueError as error:
                raise InvalidMessage(f"'{feed}' leads nowhere") from error
        raise InvalidMessage(f"'{feed}' redirects more than {MOST_REDIRECTS} times")

    async def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            await session.close()

    def _session(self, feed: PolledFeed) -> aiohttp.ClientSession:
        if feed.private not in self._sessions:
            resolver = None if feed.private else PublicResolver()
            self._sessions[feed.private] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=TIMEOUT,
                # What is compressed could be of any size.
                auto_decompress=False,
            )
        return self._sessions[feed.private]

    async def _answer(
        self, feed: PolledFeed, response: aiohttp.ClientResponse
    ) -> FeedAnswer | None:
        match response.status:
            case HTTPStatus.NOT_MODIFIED:
                return None
            case HTTPStatus.GONE:
                raise FeedGone(f"a place in '{feed.name}' is gone")
            case HTTPStatus.OK:
                form = media_type({"content-type": response.headers.get("Content-Type", "")})
                body = await _body(feed, response)
                return FeedAnswer(form, body, _tag(response), _links(response))
        raise FeedUnavailable(f"'{feed.name}' answers {response.status}", self._wait(response))

    def _wait(self, response: aiohttp.ClientResponse) -> float | None:
        """Read Retry-After (RFC 9110, section 10.2.3); what is neither seconds nor a date says nothing."""
        text = response.headers.get("Retry-After", "").strip()
        if text.isascii() and text.isdecimal():
            return float(text[:9])
        try:
            return max(0.0, (parsedate_to_datetime(text) - self._now()).total_seconds())
        except (ValueError, TypeError):
            return None


def _headers(feed: PolledFeed, url: str, tag: str | None) -> Mapping[str, str]:
    headers = {"Accept": ACCEPT, "Accept-Encoding": "identity"}
    if tag is not None:
        headers["If-None-Match"] = tag
    # Whoever the feed leads to is not told what only the feed may know.
    if feed.credential is not None and origin(url) == origin(feed.url):
        headers[feed.credential.header] = feed.credential.value
    return headers


def _check_address(feed: PolledFeed, url: str) -> None:
    """Raise InvalidMessage for what is not to be asked."""
    found = urlsplit(url)
    if not feed.private:
        if found.scheme != "https":
            raise InvalidMessage(f"'{feed.name}' leads to what is not https")
        check_public(found.hostname or "")


def _led(feed: PolledFeed, response: aiohttp.ClientResponse) -> str:
    """Tell where an answer leads; raises InvalidMessage unless the settings let it."""
    location = response.headers.get("Location")
    if not feed.redirects or not location:
        raise InvalidMessage(f"'{feed.name}' redirects with {response.status}")
    return urljoin(str(response.url), location)


async def _body(feed: PolledFeed, response: aiohttp.ClientResponse) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise InvalidMessage(f"'{feed.name}' answers with what is compressed")
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise InvalidMessage(f"'{feed.name}' answers with more than {LARGEST} bytes")
    return bytes(body)


def _tag(response: aiohttp.ClientResponse) -> str | None:
    """Give the tag of a document; one that could not be shown again is none."""
    tag = response.headers.get("ETag", "")
    return tag if tag.isascii() and tag.isprintable() and tag else None


def _links(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Read where an answer leads (RFC 8288): a relation that is given twice leads to the first."""
    found: dict[str, str] = {}
    for relations, link in response.links.items():
        for relation in relations.lower().split():
            found.setdefault(relation, str(link["url"]))
    return found
