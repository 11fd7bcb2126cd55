"""Specs beside a business that is there: what follows from them goes to streams of their own, too."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.caused_commands import caused
from tests.specs.causing import NotToldOverHttp
from tests.specs.renaming import Names
from tests.specs.spec import Spec
from tests.specs.ways import history
from tests.specs.whole_flow import World


async def apart(
    spec: Spec, stream: StreamName, tag: str, domain: Domain, specs: Sequence[Spec] = ()
) -> Spec:
    """Returns a spec that speaks of no stream of others, to be held in a stream as all of these are.

    Raises NotToldOverHttp if what it leads to would be sent to a stream that it cannot rename.
    """
    own_stream = replace(stream, id="spec")
    reached = await _reached(domain, spec, own_stream)
    # What is refused here may be accepted there: where such a command has named a stream, it names one.
    fields = {
        field
        for one in specs
        if type(one.when) is type(spec.when)
        for field in _naming(one.when, await _reached(domain, one, own_stream))
    }
    asked = {value for field, value in _texts(_data(spec.when)) if field in fields}
    names = Names(({one.id for one in reached} | asked) - {"spec"}, tag)
    try:
        own = replace(
            spec,
            given=[names.message(event) for event in spec.given],
            when=names.message(spec.when),
            then=spec.then
            if isinstance(spec.then, str)
            else [names.message(event) for event in spec.then],
        )
    except InvalidMessage as error:
        raise NotToldOverHttp(f"its ids can have no other names: {error}") from None
    shared = sorted(map(str, reached & await _reached(domain, own, stream)))
    if shared:
        raise NotToldOverHttp(f"it would send commands to {', '.join(shared)}")
    return own


async def _reached(domain: Domain, spec: Spec, stream: StreamName) -> set[StreamName]:
    """Find the streams that hear of a spec in the end: those that events send commands to."""
    world = World(domain, None)
    then = () if isinstance(spec.then, str) else spec.then
    for commit in history(stream, [*spec.given, *then]):
        await world.store.append([commit])
    await world.settle()
    return {
        request.stream for body in world.log.messages[0] for request in caused(domain, decode(body))
    }


def _naming(command: Command, streams: set[StreamName]) -> Iterator[str]:
    """Find the fields of a command that name one of the streams."""
    ids = {stream.id for stream in streams}
    return (field for field, value in _texts(_data(command)) if value in ids)


def _data(command: Command) -> Any:
    return command.model_dump(mode="json")


def _texts(data: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Give all texts in JSON, each with the field that it stands in, whichever of a list it is."""
    match data:
        case str():
            yield field, data
        case list():
            for one in data:
                yield from _texts(one, field)
        case dict():
            for name, value in data.items():
                yield from _texts(value, f"{field}/{name}")
