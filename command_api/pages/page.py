"""A page and the files that it loads, read when somebody first asks."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import azure.functions as func

from shared.adapters.http.negotiation import HTML
from shared.adapters.http.problems import not_found

_FOLDER: Final = Path(__file__).parent
_SWAGGER_UI: Final = "vendor/swagger-ui-dist"


@dataclass(frozen=True, slots=True)
class Page:
    """A document, the files that it loads by the names that a browser asks for, and whence its styles may come."""

    document: str
    files: Mapping[str, str]
    styles: str = "'self'"

    def show(self, title: str) -> func.HttpResponse:
        """Returns the document under a title."""
        text = _read(self.document).decode().replace("{title}", escape(title))
        return func.HttpResponse(text, headers=self._headers(), mimetype=HTML)

    def file(self, name: str) -> func.HttpResponse:
        """Returns a file; raises Problem for what the page does not load."""
        if name not in self.files:
            raise not_found("There is no such file.")
        kind = mimetypes.guess_type(name)[0]
        return func.HttpResponse(_read(self.files[name]), headers=self._headers(), mimetype=kind)

    def _headers(self) -> dict[str, str]:
        policy = (
            f"default-src 'none'; script-src 'self'; style-src {self.styles}; img-src 'self' data:;"
            " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }


@cache
def _read(path: str) -> bytes:
    return (_FOLDER / path).read_bytes()


DOCS: Final = Page(
    "docs.html",
    {
        "docs.js": "docs.js",
        "swagger-ui-bundle.js": f"{_SWAGGER_UI}/swagger-ui-bundle.js",
        "swagger-ui.css": f"{_SWAGGER_UI}/swagger-ui.css",
    },
    # It sets styles on its elements, and draws its icons from data URLs.
    styles="'self' 'unsafe-inline'",
)
CONSOLE: Final = Page(
    "console/console.html",
    {
        "standalone.mjs": "vendor/htm/preact/standalone.mjs",
        **{
            one.name: f"console/{one.name}"
            for one in sorted((_FOLDER / "console").iterdir())
            if one.suffix in {".js", ".css"}
        },
    },
)
