"""Feeds of others, in memory."""

from shared.kernel.ports import FeedAnswer, FeedUnavailable


class MemoryOthersFeeds:
    """Answers with documents by their URL, or raises what stands in place of one; notes what was asked for."""

    def __init__(self) -> None:
        self.documents: dict[str, FeedAnswer | Exception] = {}
        self.asked: list[str] = []

    async def ask(self, feed: str, url: str, tag: str | None) -> FeedAnswer | None:
        self.asked.append(url)
        found = self.documents.get(url) or FeedUnavailable(f"'{feed}' answers 404")
        if isinstance(found, Exception):
            raise found
        return None if tag is not None and tag == found.tag else found
