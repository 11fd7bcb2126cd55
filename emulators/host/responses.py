"""What becomes of a function's answer on its way to the client: status, headers, cookies, body."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from aiohttp import HttpVersion, HttpVersion11, web

from emulators.host.protos import RpcHttp, RpcHttpCookie, TypedData

SAME_SITE = {1: "lax", 2: "strict", 3: "none"}
LENGTH = "content-length"


def response(returned: TypedData, version: HttpVersion) -> web.Response:
    """Make the answer of what a function returned: 500 for one that the server could not send."""
    if returned.WhichOneof("data") != "http":
        made = web.Response(text=returned.string, content_type="text/plain")
    else:
        http: RpcHttp = returned.http
        content = _content(http.body)
        if not _can_be_sent(http.headers, len(content)):
            return web.Response(status=500)
        made = web.Response(
            status=int(http.status_code or "200"), body=content, headers=http.headers
        )
        for cookie in http.cookies:
            made.headers.add("Set-Cookie", _text(cookie))
    if made.body and version >= HttpVersion11 and not _has_length(returned):
        made.enable_chunked_encoding()
    return made


def _content(body: TypedData) -> bytes:
    kind = body.WhichOneof("data")
    content: Any = getattr(body, kind) if kind else b""
    return content.encode() if isinstance(content, str) else content


def _can_be_sent(headers: dict[str, str], length: int) -> bool:
    named = {name.lower(): value for name, value in headers.items()}
    return all(value.isascii() for value in named.values()) and (
        named.get(LENGTH, str(length)) == str(length)
    )


def _has_length(returned: TypedData) -> bool:
    return returned.WhichOneof("data") == "http" and any(
        name.lower() == LENGTH for name in returned.http.headers
    )


def _text(cookie: RpcHttpCookie) -> str:
    """Write a cookie as ASP.NET does, whatever the function's spelling was."""
    parts = [f"{cookie.name}={quote(cookie.value, safe='-_.~')}"]
    if cookie.expires is not None and cookie.expires.value is not None:
        expires = datetime.fromtimestamp(cookie.expires.value.seconds, UTC)
        parts.append(f"expires={expires:%a, %d %b %Y %H:%M:%S} GMT")
    if cookie.max_age is not None:
        parts.append(f"max-age={int(cookie.max_age.value)}")
    if cookie.domain is not None and cookie.domain.value:
        parts.append(f"domain={cookie.domain.value}")
    parts.append(f"path={cookie.path.value if cookie.path and cookie.path.value else '/'}")
    if cookie.secure is not None and cookie.secure.value:
        parts.append("secure")
    if cookie.same_site in SAME_SITE:
        parts.append(f"samesite={SAME_SITE[cookie.same_site]}")
    if cookie.http_only is not None and cookie.http_only.value:
        parts.append("httponly")
    return "; ".join(parts)
