"""The feeds of others, as they answer when they are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shared.kernel.errors import OnewriteError


class FeedUnavailable(OnewriteError):
    """A feed of others does not answer, or wants to be asked again in so many seconds only."""

    code = "feed-unavailable"
    transient = True

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class FeedGone(OnewriteError):
    """A place in a feed of others is no more: it was written anew."""

    code = "feed-gone"


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """A document of a feed: its media type, the tag of what is in it, and where it leads, by relation."""

    form: str
    body: bytes
    tag: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)


class OthersFeeds(Protocol):
    """The feeds of others that the settings name."""

    async def ask(self, feed: str, url: str, tag: str | None) -> FeedAnswer | None:
        """Read a document of a feed; None where its tag is still that one.

        Raises FeedUnavailable, FeedGone where the place is no more, and InvalidMessage for what nobody may follow.
        """
        ...
