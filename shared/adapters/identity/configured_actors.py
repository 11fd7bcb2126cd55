"""Who asks, as the settings of this process say that it is known."""

from functools import cache

from shared.adapters.identity.actor import Actors
from shared.adapters.settings import ActorSettings, signs_in


@cache
def actors() -> Actors:
    """Give what tells who asks, once a process."""
    tokens = ActorSettings.read()
    if tokens is None:
        return Actors(signs_in())
    from shared.adapters.identity.actor_tokens import open_verifier

    return Actors(signs_in(), open_verifier(tokens))
