"""`python -m infra.check`: prints what is wrong with the package, and ends with 1 if anything is."""

import sys
from collections.abc import Iterator

import function_app
from infra.check.routes import Route, shadowed


def problems() -> Iterator[str]:
    """Yields a sentence for everything that a host would trip over."""
    routes = []
    for function in function_app.app.get_functions():
        trigger = function.get_trigger()
        if trigger is not None and trigger.type == "httpTrigger":
            routes.append(Route.read(str(function.get_function_name()), trigger.get_dict_repr()))
    yield from shadowed(routes)


if __name__ == "__main__":
    found = list(problems())
    for sentence in found:
        print(sentence)
    sys.exit(1 if found else 0)
