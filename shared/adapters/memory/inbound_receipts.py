"""What was received from others, in memory."""


class MemoryReceipts:
    """Keeps the first digest of every key."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}

    async def first(self, key: str, digest: str) -> str:
        return self._digests.setdefault(key, digest)
