"""Every spec of the business that runs: those in the folder here that has its name."""

from importlib import import_module
from pkgutil import iter_modules

import shared.domain
from tests.specs.spec import Flow, Heard, Reaction, Spec, Told


def _running() -> str:
    """Name the folder of the business that runs."""
    return next(
        folder.name
        for folder in iter_modules(shared.domain.__path__)
        if import_module(f"shared.domain.{folder.name}").domain is shared.domain.domain
    )


BUSINESS = _running()
_specs = import_module(f"tests.specs.{BUSINESS}")

SPECS: list[Spec] = _specs.SPECS
REACTIONS: list[Reaction] = _specs.REACTIONS
TOLD: list[Told] = _specs.TOLD
FLOWS: list[Flow] = _specs.FLOWS
INBOUND: list[Heard] = _specs.INBOUND
