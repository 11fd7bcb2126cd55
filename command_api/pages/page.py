"""A page and the files that it loads, read when somebody first asks."""

import mimetypes
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import azure.functions as func

from shared.adapters.http.negotiation import HTML
from shared.adapters.http.problems import not_found

_FOLDER: Final = Path(__file__).parent
_SWAGGER_UI: Final = "vendor/swagger-ui-dist"
DOCS: Final = {
    "docs.js": "docs.js",
    "swagger-ui-bundle.js": f"{_SWAGGER_UI}/swagger-ui-bundle.js",
    "swagger-ui.css": f"{_SWAGGER_UI}/swagger-ui.css",
}
"""The files of the page `docs`, by the name that a browser asks for."""

# CSP Level 3. Swagger UI sets styles on its elements, and draws its icons from data URLs.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(name: str, title: str) -> func.HttpResponse:
    """Returns the page of a name under a title."""
    text = _read(f"{name}.html").decode().replace("{title}", escape(title))
    return func.HttpResponse(text, headers=dict(_HEADERS), mimetype=HTML)


def file(files: Mapping[str, str], name: str) -> func.HttpResponse:
    """Returns a file of a page; raises Problem for what the page does not load."""
    if name not in files:
        raise not_found("There is no such file.")
    kind = mimetypes.guess_type(name)[0]
    return func.HttpResponse(_read(files[name]), headers=dict(_HEADERS), mimetype=kind)


@cache
def _read(path: str) -> bytes:
    return (_FOLDER / path).read_bytes()
