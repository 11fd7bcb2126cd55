"""Ids of a test's own, so that tests can share a stack."""

from uuid import uuid4


class Names:
    """Makes ids that no other test has: the same word always gives the same one, so that tests stay readable."""

    def __init__(self) -> None:
        self._mark = uuid4().hex[:8]

    def __call__(self, word: str) -> str:
        return f"{word}.{self._mark}"
