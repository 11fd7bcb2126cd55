"""The container `outcomes`: an item for each command that left no commit, and one that says whether it is decided.

How long it is kept is the `timeToLive` of shared/names.json.
"""

import hashlib

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel

from shared.adapters.cosmos.errors import CONFLICT, NOT_FOUND, status, store_error, write_error
from shared.kernel.commands.outcome import Fate, FinalOutcome

_OUTCOME = TypeAdapter(FinalOutcome)
_FATE = TypeAdapter[Fate](Fate)
_FIELDS = {field: to_camel(field) for field in FinalOutcome.__slots__}


class CosmosOutcomes:
    """Creates and reads items; none is ever written over."""

    def __init__(self, outcomes: ContainerProxy) -> None:
        self._outcomes = outcomes

    async def read(self, stream: str, command_id: str) -> FinalOutcome | None:
        id_ = _id(stream, command_id)
        try:
            item = await self._outcomes.read_item(id_, partition_key=id_)
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error
        kept = {field: item[name] for field, name in _FIELDS.items() if name in item}
        return _OUTCOME.validate_python(kept)

    async def write(self, outcome: FinalOutcome) -> None:
        fields = {name: getattr(outcome, field) for field, name in _FIELDS.items()}
        item = {"id": _id(outcome.stream, outcome.command_id), **fields}
        try:
            await self._outcomes.create_item(item, no_response=True)
        except AzureError as error:
            if status(error) != CONFLICT:
                raise write_error(error) from error

    async def fate(self, stream: str, command_id: str, digest: str, fate: Fate) -> Fate:
        id_ = _id(stream, f"{command_id} {digest}")
        try:
            await self._outcomes.create_item({"id": id_, "fate": fate}, no_response=True)
        except AzureError as error:
            if status(error) != CONFLICT:
                raise write_error(error) from error
        else:
            return fate
        try:
            kept = await self._outcomes.read_item(id_, partition_key=id_)
        except AzureError as error:
            raise store_error(error) from error
        return _FATE.validate_python(kept["fate"])


def _id(stream: str, command_id: str) -> str:
    # A command id may hold what the id of an item may not.
    return hashlib.sha256(f"{stream} {command_id}".encode()).hexdigest()
