"""The business that runs, for the tests that depend on it. All other tests run on the shop, whichever that is."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import shared.domain
from infra.local.stack import ROOT
from shared.adapters.examples import FILE
from shared.domain import domain, shop
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Message

FOLDER: Final = next(
    folder.name
    for folder in iter_modules(shared.domain.__path__)
    if import_module(f"shared.domain.{folder.name}").domain is domain
)
"""Where it is, in `shared/domain`, `tests/specs` and `docs`."""

SOURCE: Final = ROOT / "shared" / "domain" / FOLDER
EXAMPLES: Final = SOURCE / FILE
"""Bodies of commands that the specs give to OpenAPI; not there where it needs none."""
DOCS: Final = ROOT / "docs" / FOLDER
UNDECLARED: Final = frozenset() if domain.feeds else frozenset({"feeds"})
"""Functions that the app does not have, as this business has no use for them."""
SHIPPED: Final = ROOT / "tests" / "specs" / FOLDER / "shipped.json"
"""A sample of everything that was ever stored; not there before anything was."""


def run_the_shop() -> None:
    """Let the roles that are imported from now on run the shop."""
    shared.domain.domain = shop.domain


def domain_of(message: type[Message]) -> Domain:
    """Returns the business that a message belongs to: that of the folder that defines it."""
    _, _, folder, *_ = message.__module__.split(".")
    found: Domain = import_module(f"shared.domain.{folder}").domain
    return found


__all__ = [
    "DOCS",
    "EXAMPLES",
    "FOLDER",
    "SHIPPED",
    "SOURCE",
    "UNDECLARED",
    "domain",
    "domain_of",
    "run_the_shop",
]
