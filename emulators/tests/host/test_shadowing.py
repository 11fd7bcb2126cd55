"""Functions that no request reaches, because another function's route takes it first."""

from collections.abc import Mapping
from itertools import permutations

import pytest

from emulators.host.routes import find, in_order, parse_route
from emulators.host.shadowing import shadowed

type Routes = Mapping[str, tuple[str, str]]

HIDING: Mapping[str, Routes] = {
    "case": {"a": ("GET", "x/{any}"), "b": ("GET", "X/One")},
    "any method": {"a": ("", "x/{any}"), "b": ("POST", "x/one")},
    "one method of two": {"a": ("GET POST", "x/{any}"), "b": ("POST PUT", "x/one")},
    "in part": {"a": ("GET", "{any}/x"), "b": ("GET", "y/{some}")},
    "the same": {"a": ("GET", "x/{any}"), "b": ("GET", "x/{other}")},
    "the same literals": {"a": ("GET", "x/one"), "b": ("GET", "x/ONE")},
    "the rest first": {"a": ("GET", "x/{*rest}"), "b": ("GET", "x/{any}")},
    "no rest": {"a": ("GET", "x/{*rest}"), "b": ("GET", "x")},
    "the rest in part": {"a": ("GET", "x/{*rest}"), "b": ("GET", "{any}/y/{*rest}")},
    "what takes all is first": {"a": ("", "{*rest}"), "b": ("GET", "x/{any}")},
    "two that take all": {"a": ("", "{*rest}"), "b": ("", "{*other}")},
}
REACHED: Mapping[str, Routes] = {
    "the narrower is first": {"a": ("GET", "x/one"), "b": ("GET", "x/{any}")},
    "other methods": {"a": ("GET", "x/{any}"), "b": ("POST", "x/one")},
    "other lengths": {"a": ("GET", "x/{any}"), "b": ("GET", "x/one/two")},
    "other literals": {"a": ("GET", "x/{any}"), "b": ("GET", "y/one")},
    "the rest of another literal": {"a": ("GET", "x/{*rest}"), "b": ("GET", "y/{*rest}")},
    "too short for the rest": {"a": ("GET", "x/y/{*rest}"), "b": ("GET", "x")},
    "the rest is last": {"a": ("GET", "x/one/{any}"), "b": ("GET", "x/{*rest}")},
    "what takes all is last": {"a": ("GET", "x/{any}"), "b": ("", "{*rest}")},
}
PATHS = ["/".join(parts) for n in range(4) for parts in permutations(["x", "y", "one", "two"], n)]


def said(routes: Routes) -> list[str]:
    """Returns what is said of functions, each given as its methods and its route."""
    return list(
        shadowed(
            parse_route(name, path, methods.split()) for name, (methods, path) in routes.items()
        )
    )


def lost(routes: Routes) -> set[str]:
    """Returns the paths that fit the second function, and that the first one takes."""
    first, second = in_order(
        parse_route(name, path, methods.split()) for name, (methods, path) in routes.items()
    )
    methods = second.methods or first.methods or ("GET",)
    return {
        path
        for path in PATHS
        for method in methods
        if find([second], method, path) and find([first], method, path)
    }


@pytest.mark.parametrize("routes", HIDING.values(), ids=HIDING)
def test_a_route_that_takes_requests_of_a_later_one_is_named(routes: Routes) -> None:
    (sentence,) = said(routes)

    assert sentence.startswith(f"a ({routes['a'][1]}) takes requests of b ({routes['b'][1]})")
    assert lost(routes)


@pytest.mark.parametrize("routes", REACHED.values(), ids=REACHED)
def test_routes_that_leave_each_other_their_requests_are_not_named(routes: Routes) -> None:
    taken = lost(routes)

    assert said(routes) == []
    # Only what is meant for the narrower one alone is taken from the wider one.
    assert len(taken) < len([path for path in PATHS if _fits(routes["b"], path)])


def _fits(one: tuple[str, str], path: str) -> bool:
    route = parse_route("b", one[1], one[0].split())
    return find([route], (route.methods or ("GET",))[0], path) is not None


def test_the_order_is_that_of_the_names_not_of_the_code() -> None:
    assert said({"b": ("GET", "x/{any}"), "A": ("GET", "x/{any}")})[0].startswith("A ")


def test_every_function_that_hides_another_is_named() -> None:
    route = ("GET", "x/{any}")

    assert len(said({"a": route, "b": route, "c": route})) == 3
