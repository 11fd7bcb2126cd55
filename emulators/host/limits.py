"""What the server refuses before anybody looks at a request, by its size."""

from typing import Final

from aiohttp import web

LONGEST_LINE: Final = 8_192
LARGEST_HEADERS: Final = 32_768
MOST_HEADERS: Final = 100
LARGEST_BODY: Final = 100 * 1024 * 1024
LONGEST_READ: Final = 65_536
MOST_READ: Final = 1_000
"""What is read at all: more than is served, so that it is refused by its right status."""


def refused(request: web.Request) -> int:
    """Return the status with which a request is refused, or 0."""
    line = f"{request.method} {request.raw_path} HTTP/1.1\r\n"
    if len(line) > LONGEST_LINE:
        return 414
    size = sum(len(name) + len(value) + 4 for name, value in request.raw_headers)
    if size > LARGEST_HEADERS or len(request.raw_headers) > MOST_HEADERS:
        return 431
    return 0
