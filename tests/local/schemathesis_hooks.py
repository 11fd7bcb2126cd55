"""What no schema can say of a request: schemathesis loads this by its name in schemathesis.toml."""

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext, case: schemathesis.Case[Any], _arguments: dict[str, Any]
) -> None:
    """Let who schedules not wait for an answer, and who waits for a version wait no longer than a look."""
    headers = case.headers
    if "Not-Before" in headers:
        headers["Prefer"] = "respond-async"
    elif "at-least" in case.query:
        headers["Prefer"] = "wait=0"
