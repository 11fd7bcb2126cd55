"""The enricher: event → event with more data. It decides nothing: the event means what it meant, and says more.

What it needs to know it asks of a view. Which keys those are is a pure function too: whoever runs it reads all
rows first, and the enricher itself stays without I/O.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from shared.kernel.commands.category import Category
from shared.kernel.messages.kinds import several
from shared.kernel.messages.message import Event, Message, PublicEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View


@dataclass(frozen=True, slots=True)
class Lookup[E: Event, D: Message]:
    """What an enricher asks for: the first row of each of these keys of a view."""

    view: View[D]
    keys: Callable[[StreamName, E], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Enricher[E: Event, D: Message, P: PublicEvent]:
    """Makes a public event of an internal one, with the data that its lookup finds, if it has one.

    A key of which the view has nothing (yet) is not among what was found: `enrich` does without.
    """

    name: str
    category: Category
    event: type[E]
    public: type[P]
    enrich: Callable[[StreamName, E, Mapping[str, D]], P]
    lookup: Lookup[E, D] | None = None

    def keys(self, stream: StreamName, event: E) -> tuple[str, ...]:
        """Say which rows it looks up, each key once; raises ConfigurationError for one text in place of many."""
        if self.lookup is None:
            return ()
        given = self.lookup.keys(stream, event)
        return tuple(dict.fromkeys(several(f"'{self.name}': `keys` of its lookup", given)))
