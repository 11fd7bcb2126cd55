"""Specs beside a business that is there: what follows from them goes to streams of their own, too."""

from dataclasses import replace

from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.caused_commands import caused
from tests.specs.causing import NotToldOverHttp
from tests.specs.renaming import Names
from tests.specs.spec import Spec
from tests.specs.ways import history
from tests.specs.whole_flow import World


async def apart(spec: Spec, stream: StreamName, tag: str, domain: Domain) -> Spec:
    """Returns a spec that speaks of no stream of others, to be held in a stream.

    Raises NotToldOverHttp if what it leads to would be sent to a stream that it cannot rename.
    """
    reached = await _reached(domain, spec, replace(stream, id="spec"))
    names = Names({one.id for one in reached} - {"spec"}, tag)
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
