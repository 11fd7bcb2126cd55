"""Finds HTTP functions whose routes the host does not take, or that another function's route hides."""

from collections.abc import Iterator
from typing import Any

from emulators.host.errors import ConfigurationError
from emulators.host.routes import Route, parse_route
from emulators.host.shadowing import shadowed


def unreachable(app: Any) -> Iterator[str]:  # noqa: ANN401 - a FunctionApp
    """Yields a sentence for each route that no request reaches, or not every request that it is meant for."""
    routes: list[Route] = []
    for function in app.get_functions():
        trigger = function.get_trigger()
        if trigger is not None and trigger.type == "httpTrigger":
            try:
                routes.append(_route(function.get_function_name(), trigger.get_dict_repr()))
            except ConfigurationError as error:
                yield str(error)
    yield from shadowed(routes)


def _route(name: str, trigger: dict[str, Any]) -> Route:
    methods = [str(method) for method in trigger.get("methods") or ()]
    return parse_route(name, trigger.get("route") or name, methods)
