"""The checks of `python -m infra.check`, and that this package passes them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from azure.functions import FunctionApp, HttpRequest
from pydantic import Field

from infra.check.examples import refused_examples
from infra.check.routes import unreachable
from infra.local.stack import ROOT
from shared.kernel.messages.message import Command, Message
from tests.kernel.doors import DOOR, of
from tests.reference import activated, copied
from tests.swap.domain import domain as swapped


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


def test_a_function_that_another_hides_and_a_route_that_no_host_takes_are_named() -> None:
    app = FunctionApp()

    @app.route("parked/{consumer}/release", methods=["POST"])
    def release(_: HttpRequest) -> str:
        return "done"

    @app.route("parked/publisher/release", methods=["POST"])
    def release_own(_: HttpRequest) -> str:
        return "done"

    @app.route("parked/{consumer?}", methods=["GET"])
    def show(_: HttpRequest) -> str:
        return "done"

    wrong, hidden = unreachable(app)

    assert wrong == "function 'show': the local host does not support '{consumer?}' in a route"
    assert hidden.startswith("release (parked/{consumer}/release) takes requests of release_own")
