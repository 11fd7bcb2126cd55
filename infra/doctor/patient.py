"""What is examined, and what may be found."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.settings import Settings
from shared.kernel.ports import Archive, LogReader, Progress

if TYPE_CHECKING:
    from azure.cosmos.aio import CosmosClient, DatabaseProxy

type Functions = Mapping[str, Mapping[str, Any]]
"""What the functions of the package are bound to, and how they are retried, by their names."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and how to mend it."""

    wrong: str
    mend: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """Nothing is wrong with what can be seen from here, and that is not enough to be sure."""

    why: str


type Finding = Complaint | Unseen | None
"""What a check comes to; None: all is well."""


class Unasked(Exception):
    """What was to be examined did not say anything that could be; the sentence says what it did."""


@dataclass(frozen=True, slots=True)
class App:
    """An app: its URL, its master key where keys are asked for, the functions that run in it.

    `silent` is why it does not tell which they are.
    """

    url: str
    key: str
    functions: frozenset[str] = frozenset()
    silent: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A function set in one app or several, and its cloud.

    `environment` are the settings that it runs with, where they can be seen: here, not in Azure. `hubs` reads
    each hub of `names`, `host` is the host.json of this checkout.
    """

    names: Mapping[str, Any]
    settings: Settings
    environment: Mapping[str, str] | None
    functions: Functions
    host: Mapping[str, Any]
    cosmos: "CosmosClient"
    hubs: Mapping[str, LogReader]
    archive: Archive | None
    progress: Progress
    apps: Sequence[App]
    now: Callable[[], datetime]

    @property
    def database(self) -> "DatabaseProxy":
        """The application's database."""
        return self.cosmos.get_database_client(self.names["database"])


type Check = Callable[[Patient], Awaitable[Finding]]
