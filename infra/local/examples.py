"""What to try first, in the words of whatever business runs: read from its OpenAPI document."""

import json
import shlex
from collections.abc import Iterable
from typing import Any

COMMANDS = 2
FEED = "/api/feeds/{feed}"
ACTOR = "X-Local-Actor"
WHO = "# In place of somebody, name one whom `allow` or `may_read` of the business lets."


def examples(document: dict[str, Any], url: str, key: str = "") -> list[str]:
    """Give lines for a terminal: the first commands, a view and a feed; with a key, if the host asks for one."""
    shown = f" -H 'x-functions-key: {key}'" if key else ""
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    posts = [(path, operation) for path, method, operation in operations if method == "post"]
    views = [
        (path, operation)
        for path, method, operation in operations
        if method == "get" and path.startswith("/api/views/") and "{" in path
    ]
    feeds = [(path, operation) for path, _, operation in operations if path == FEED]
    lines = [
        *(
            f"curl -i{shown}{_signed(operation)} {url}{_filled(path, operation)} --json {_body(operation)}"
            for path, operation in posts[:COMMANDS]
        ),
        *(
            f"curl{shown}{_signed(operation)} {url}{_filled(path, operation)}"
            for path, operation in (*views[:1], *feeds)
        ),
    ]
    return [*lines, WHO] if any(ACTOR in line for line in lines) else lines


def _signed(operation: dict[str, Any]) -> str:
    """Sign somebody in where the business says who may."""
    return f" -H '{ACTOR}: somebody'" if "403" in operation["responses"] else ""


def _filled(path: str, operation: dict[str, Any]) -> str:
    for name, value in _samples(operation["parameters"]):
        path = path.replace(f"{{{name}}}", value)
    return path


def _samples(parameters: Iterable[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    return [
        (one["name"], one["schema"]["examples"][0]) for one in parameters if one["in"] == "path"
    ]


def _body(operation: dict[str, Any]) -> str:
    return shlex.quote(
        json.dumps(operation["requestBody"]["content"]["application/json"]["example"])
    )
