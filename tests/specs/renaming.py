"""Specs and flows on streams of their own: many may happen at one place, side by side and again."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Message
from shared.kernel.messages.stream import StreamName
from tests.specs.spec import Flow


def ids(flow: Flow) -> set[str]:
    """Name everything that a flow speaks of: the ids of its streams, the keys of its rows."""
    streams = {*flow.given, *flow.then, flow.when[0]}
    return {StreamName.parse(stream).id for stream in streams} | {key for _, key in flow.shown}


@dataclass(frozen=True)
class Names:
    """New names for some ids, wherever messages have them: each with one tag behind it."""

    old: AbstractSet[str]
    tag: str

    def name(self, text: str) -> str:
        """Rename the parts of a text."""
        return "/".join(
            f"{part}-{self.tag}" if part in self.old else part for part in text.split("/")
        )

    def data(self, value: Any) -> Any:
        """Rename all texts in JSON."""
        match value:
            case str():
                return self.name(value)
            case list():
                return [self.data(one) for one in value]
            case dict():
                return {key: self.data(one) for key, one in value.items()}
        return value

    def message[M: Message](self, one: M) -> M:
        """Rename all texts in a message; raises InvalidMessage where its type takes no such text."""
        return read(type(one), self.data(one.model_dump(mode="json")))


def renamed(flow: Flow) -> Flow:
    """Give a flow that speaks of streams and keys of its own."""
    names = Names(ids(flow), uuid4().hex[:8])
    name, data, message = names.name, names.data, names.message

    def stream(text: str) -> str:
        parsed = StreamName.parse(text)
        return str(replace(parsed, id=name(parsed.id)))

    return replace(
        flow,
        given={stream(at): [message(event) for event in flow.given[at]] for at in flow.given},
        when=(stream(flow.when[0]), message(flow.when[1])),
        then={
            stream(at): [one if isinstance(one, type) else message(one) for one in wanted]
            for at, wanted in flow.then.items()
        },
        told={stream(at): [message(public) for public in heard] for at, heard in flow.told.items()},
        by=None if flow.by is None else name(flow.by),
        shown={(view, name(key)): data(dict(row)) for (view, key), row in flow.shown.items()},
    )
