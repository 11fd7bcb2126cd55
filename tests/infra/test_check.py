"""The checks of `python -m infra.check`, and that this package passes them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from infra.check.examples import refused_examples
from infra.check.routes import Route, shadowed
from infra.local.stack import ROOT
from shared.kernel.messages.message import Command, Message
from tests.kernel.doors import DOOR, of
from tests.reference import activated, copied
from tests.swap.domain import domain as swapped


def problems(**routes: tuple[str, str]) -> list[str]:
    """Returns what is said of functions, each given as its methods and its route."""
    read = [
        Route.read(name, {"route": route, "methods": methods.split()})
        for name, (methods, route) in routes.items()
    ]
    return list(shadowed(read))


def test_this_package_passes() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "infra.check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


def test_a_mistake_in_the_domain_is_told_by_name(tmp_path: Path) -> None:
    copy = activated(copied(tmp_path / "copy"), "shop")
    view = copy / "shared" / "domain" / "shop" / "views" / "replenishments.py"
    before = view.read_text(encoding="utf-8")
    view.write_text(before.replace('sorts=("requests",)', 'sorts=("demands",)'), encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-m", "infra.check"], cwd=copy, capture_output=True, text=True, check=False
    )

    (sentence,) = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr) == (1, "")
    assert sentence.startswith("view 'replenishment' sorts by 'demands', which is no scalar field")


def test_an_example_that_its_own_command_refuses_is_told_by_its_field() -> None:
    class Seat(Message):
        row: Annotated[str, Field(pattern="^[A-Z]$")]
        fair: Annotated[str, Field(pattern="^[A-Z]$", examples=["B"])]

    class Sell(Command):
        seats: Annotated[tuple[Seat, ...], Field(min_length=1)]

    selling = replace(DOOR, commands=(*DOOR.commands, Sell))

    (said,) = refused_examples(of(selling))

    assert said == (
        "category 'door', Sell: its example, as clients are shown it, is refused at /seats/0/row: String"
        " should match pattern '^[A-Z]$'. Run make spec, which takes one from a spec that is accepted,"
        " or give that field one, as in Field(examples=[...])"
    )
    assert list(refused_examples(swapped)) == []


def test_a_parameter_that_is_asked_first_hides_the_literal() -> None:
    (said,) = problems(
        release_parked=("POST", "parked/{consumer}/{stream}/release"),
        release_unpublished=("POST", "parked/single_publisher/{stream}/release"),
    )

    assert said.startswith("release_parked (parked/{consumer}/{stream}/release) takes requests of")


def test_the_order_is_that_of_the_names_not_of_the_code() -> None:
    assert problems(b=("GET", "x/{any}"), a=("GET", "x/{any}"))[0].startswith("a ")


@pytest.mark.parametrize(
    "routes",
    [
        {"a": ("GET", "x/one"), "b": ("GET", "x/{any}")},
        {"a": ("GET", "x/{any}"), "b": ("POST", "x/one")},
        {"a": ("GET", "x/{any}"), "b": ("GET", "x/one/two")},
        {"a": ("GET", "x/{any}"), "b": ("GET", "y/one")},
        {"a": ("GET", "x/{any}"), "b": ("", "{*rest}")},
    ],
    ids=[
        *("the narrower is first", "other methods", "other lengths", "other literals"),
        "what takes all is last",
    ],
)
def test_what_reaches_both_functions_is_accepted(routes: dict[str, Any]) -> None:
    assert problems(**routes) == []


@pytest.mark.parametrize(
    "routes",
    [
        {"a": ("GET", "x/{any}"), "b": ("GET", "X/One")},
        {"a": ("", "x/{any}"), "b": ("POST", "x/one")},
        {"a": ("GET", "{any}/x"), "b": ("GET", "y/{some}")},
        {"a": ("GET", "x/{any}"), "b": ("GET", "x/{other}")},
        {"a": ("GET", "x/{*rest}")},
        {"a": ("GET", "x/{any?}")},
        {"a": ("", "{*rest}"), "b": ("GET", "x/{any}")},
        {"a": ("", "{*rest}"), "b": ("", "{*other}")},
    ],
    ids=[
        *("case", "any method", "in part", "the same", "catch-all", "optional"),
        *("what takes all is first", "two that take all"),
    ],
)
def test_what_may_hide_a_function_is_named(routes: dict[str, Any]) -> None:
    assert len(problems(**routes)) == 1
