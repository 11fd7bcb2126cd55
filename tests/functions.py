"""The functions of the app by name: it can be asked for them once in a process."""

from azure.functions.decorators.function_app import Function

import function_app

FUNCTIONS: dict[str, Function] = {
    str(found.get_function_name()): found for found in function_app.app.get_functions()
}

OPEN = frozenset(
    {
        *("health", "openapi", "docs", "docs_file", "console", "console_file"),
        *("webhook", "without_route"),
    }
)
"""Those on routes that ask for no key, and answer for themselves while the store is away."""
