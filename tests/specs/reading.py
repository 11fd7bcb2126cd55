"""What a function set shows of streams and rows, to whoever of a business may read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.local.stack import LOCAL_ACTOR
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from tests.specs.by_http import AnsweredOtherwise, Client, answer
from tests.specs.spec import Flow


@dataclass(frozen=True)
class Reader:
    """Reads as the first of these `people` who may; where everybody may, as the first."""

    client: Client
    domain: Domain
    people: Sequence[str | None]

    async def stream(self, name: str) -> Sequence[Event]:
        """Give the events of a stream; none where nobody may read it."""
        category = self.domain.category(StreamName.parse(name).category)
        for actor in self._asked(restricted=category.may_read is not None):
            told = await self._get(f"/api/streams/{name}", actor)
            if told is not None:
                return [
                    category.decode(e["type"], e["schema"], e["data"])
                    for commit in told.get("commits", ())
                    for e in commit["events"]
                ]
        return ()

    async def rows(self, view: str, key: str) -> Sequence[dict[str, Any]]:
        """Give the data of all rows of a key that any of these people may read."""
        restricted = self.domain.view(view).may_read is not None
        path = f"/api/views/{view}/{key}"
        told = [await self._get(path, actor) for actor in self._asked(restricted=restricted)]
        return [row["data"] for one in told if one is not None for row in one.get("rows", ())]

    def _asked(self, *, restricted: bool) -> Iterator[str | None]:
        return iter(self.people if restricted else self.people[:1])

    async def _get(self, path: str, actor: str | None) -> dict[str, Any] | None:
        """Read a path; None where the actor may not."""
        headers = {} if actor is None else {LOCAL_ACTOR: actor}
        async with self.client.http.get(f"{self.client.url}{path}", headers=headers) as response:
            text = await response.text()
        told = answer(path, response, text)
        if response.status == 403 and told.get("code") == "forbidden":
            return None
        if response.status not in {200, 404}:
            raise AnsweredOtherwise(f"{path} answers {response.status}: {text}")
        return told


def people(flow: Flow, client: Client) -> Sequence[str | None]:
    """Name who may be asked as: who sends the command, whoever asks in the specs, and nobody known."""
    named = (flow.by, *(spec.by for spec in client.specs), None)
    return tuple(dict.fromkeys(one for one in named if client.takes_word_of(one)))
