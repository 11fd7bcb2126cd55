"""Links between pages, in the body and as a header (RFC 8288)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode


def address(path: str, params: Mapping[str, Any]) -> str:
    """Write the URL of a page, relative to the host."""
    return f"{path}?{urlencode(params)}" if params else path


def linked(
    body: Mapping[str, Any], links: Mapping[str, str | None]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Give a body with its links, and the header that says the same (RFC 8288, section 3)."""
    known = {relation: url for relation, url in links.items() if url is not None}
    return {**body, **known}, link_header(links)


def link_header(links: Mapping[str, str | None]) -> dict[str, str]:
    """Write the header that leads to other pages (RFC 8288, section 3)."""
    known = {relation: url for relation, url in links.items() if url is not None}
    return {"Link": ", ".join(f'<{url}>; rel="{relation}"' for relation, url in known.items())}
