"""What the host says of a failure: which function, where in its code, and the request or message that met it."""

import sys
from typing import Any

from emulators.host.protos import RpcException, TypedData

LONGEST = 2_000
"""So many characters of what met a failure are shown."""
SERVER_ERROR = 500


def say_failed(function: str, exception: RpcException, attempt: int, given: TypedData) -> None:
    """Say that a function has raised; what is the same in each attempt is said once."""
    first, *rest = exception.message.splitlines() or ["failed"]
    lines = [f"{function} failed (attempt {attempt}): {first}"]
    if attempt == 1:
        lines += [*rest, *exception.stack_trace.splitlines()]
        lines += [f"it was given: {_shown(given)}"]
    _print(lines)


def say_answered(method: str, url: str, body: bytes, status: int) -> None:
    """Say which request a function has answered with a fault of its own; the stack is logged by the function."""
    if status == SERVER_ERROR:
        _print([f"{method} {url} was answered with {status}; its body: {_text(body)}"])


def _shown(given: TypedData) -> str:
    kind = given.WhichOneof("data")
    value: Any = getattr(given, kind) if kind else ""
    if kind == "http":
        return f"{value.method} {value.url} {_shown(value.body)}"
    if kind == "collection_bytes":
        return _text(b"\n".join(value.bytes))
    return _text(value if isinstance(value, bytes) else str(value).encode())


def _text(content: bytes) -> str:
    text = content.decode(errors="replace")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text)} characters)"


def _print(lines: list[str]) -> None:
    print(f"host: {'\n  '.join(lines)}", file=sys.stderr, flush=True)
