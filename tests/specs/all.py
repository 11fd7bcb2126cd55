"""Every spec of the business that runs: those in the folder here that has its name."""

from importlib import import_module

from tests.active import FOLDER
from tests.specs.checking import check_specs
from tests.specs.spec import Flow, Heard, Reaction, Spec, Told

_specs = import_module(f"tests.specs.{FOLDER}")

SPECS: list[Spec] = _specs.SPECS
REACTIONS: list[Reaction] = _specs.REACTIONS
TOLD: list[Told] = _specs.TOLD
FLOWS: list[Flow] = _specs.FLOWS
INBOUND: list[Heard] = _specs.INBOUND

check_specs(SPECS, REACTIONS, TOLD, FLOWS, INBOUND)
