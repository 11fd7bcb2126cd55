"""What every list of specs has to keep to: titles of their own, and messages of the right kind."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from shared.kernel.errors import ConfigurationError
from shared.kernel.messages.message import Event, type_name
from tests.specs.spec import Flow, Heard, Reaction, Spec, Told

type AnySpec = Spec | Reaction | Told | Flow | Heard


def check_specs(*many: Sequence[AnySpec]) -> None:
    """Raise ConfigurationError for two specs of one title, and for what is no event where events belong."""
    specs = [spec for specs in many for spec in specs]
    found = [*_same_titles(specs), *(fault for spec in specs for fault in _no_events(spec))]
    if found:
        raise ConfigurationError("\n".join(found))


def _same_titles(specs: Sequence[AnySpec]) -> Iterator[str]:
    named = defaultdict[str, list[str]](list)
    for spec in specs:
        named[spec.title].append(f"a {type(spec).__name__} of {_when(spec)}")
    for title, which in named.items():
        if len(which) > 1:
            yield f"two specs have one title, {title!r}: {' and '.join(which)}"


def _when(spec: AnySpec) -> str:
    match spec:
        case Heard():
            return spec.heard.type
        case Flow():
            return type_name(type(spec.when[1]))
        case Spec() | Reaction() | Told():
            return type_name(type(spec.when))


def _no_events(spec: AnySpec) -> Iterator[str]:
    for place, events, by_type in _places(spec):
        for one in events:
            is_type = by_type and isinstance(one, type) and issubclass(one, Event)
            if not is_type and not isinstance(one, Event):
                wanted = "an event, or the class of one" if by_type else "an event"
                yield f"the spec {spec.title!r} has {one!r} in {place}: {wanted} is expected there"


def _places(spec: AnySpec) -> Iterator[tuple[str, Sequence[object], bool]]:
    """Give the places of events, and whether the class of an event may stand there."""
    match spec:
        case Spec():
            yield "`given`", spec.given, False
            if not isinstance(spec.then, str):
                yield "`then`", spec.then, False
        case Flow():
            yield from _by_stream("given", spec.given)
            yield from _by_stream("then", spec.then, by_type=True)
            yield from _by_stream("told", spec.told)
        case Heard():
            yield from _by_stream("given", spec.given)
            yield from _by_stream("then", spec.then, by_type=True)
        case Reaction() | Told():
            yield "`when`", [spec.when], False


def _by_stream(
    field: str, events: Mapping[str, Sequence[object]], *, by_type: bool = False
) -> Iterator[tuple[str, Sequence[object], bool]]:
    for stream, some in events.items():
        yield f"`{field}` of {stream}", some, by_type
