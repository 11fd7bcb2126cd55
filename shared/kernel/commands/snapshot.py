"""Snapshots: a state as it rides in a commit, so that a load need not begin at the beginning."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import TypeAdapter

from shared.kernel.errors import NumberTooLarge
from shared.kernel.messages.commit import StoredSnapshot
from shared.kernel.messages.json_forms import JsonForms
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import check_numbers

EVERY = 50
"""One commit in so many carries a snapshot, unless a category says otherwise."""


class Snapshots[S]:
    """Writes states in one schema, and reads them in it and in the older ones that have an upcaster.

    A state holds what messages may hold, and messages, such as an event; a mapping is `Mapping[str, …]`.
    A snapshot in any other schema was written by another deployment, and the events say the same.
    """

    def __init__(
        self,
        schema: str,
        state: type[S],
        upcasters: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] | None = None,
        every: int = EVERY,
    ) -> None:
        self.schema = schema
        self.every = every
        self.state = state
        self.upcasters = dict(upcasters or {})

    @cached_property
    def _adapter(self) -> TypeAdapter[S]:
        # Built when it is used: a new instance does not wait for it.
        marked: Any = Annotated[self.state, JsonForms()]
        return TypeAdapter(marked)

    def write(self, state: S) -> StoredSnapshot:
        """Write a state."""
        return StoredSnapshot(schema_name=self.schema, state=self.show(state))

    def show(self, state: S) -> dict[str, Any]:
        """Give a state as JSON, for a snapshot or for people."""
        shown: dict[str, Any] = self._adapter.dump_python(state, mode="json")
        return shown

    def is_exact(self, state: S) -> bool:
        """Tell whether JSON holds a state as it is: what the store would change is never to be decided on."""
        try:
            check_numbers(self.show(state))
        except NumberTooLarge:
            return False
        return True

    def can_read(self, stored: StoredSnapshot) -> bool:
        """Tell whether a snapshot is in a schema that is known here."""
        return stored.schema_name == self.schema or stored.schema_name in self.upcasters

    def read(self, stored: StoredSnapshot) -> S | None:
        """Read a state; None when it is in no schema that is known here, or does not keep to it.

        A snapshot is a copy of what the events say: without it the load goes further back.
        """
        if not self.can_read(stored):
            return None
        try:
            state = stored.state
            if stored.schema_name != self.schema:
                state = self.upcasters[stored.schema_name](state)
            return read(self.state, state)
        except Exception:  # noqa: BLE001 - a domain's own code, which may meet any state that was ever written
            return None
