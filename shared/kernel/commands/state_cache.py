"""States that are kept warm, so that the next command on a stream need not load it."""

from collections import OrderedDict

from shared.kernel.commands.loading import Loaded
from shared.kernel.messages.stream import StreamName


class StateCache:
    """The states of the streams that were used last, a bounded number."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._states: OrderedDict[str, Loaded] = OrderedDict()

    def take(self, stream: StreamName) -> Loaded | None:
        """Take the state of a stream, if it is warm; whoever proves it puts it back."""
        return self._states.pop(stream.text, None)

    def put(self, stream: StreamName, loaded: Loaded) -> None:
        """Keep a state that the store has proven; the one that was used least gives way."""
        self._states[stream.text] = loaded
        if len(self._states) > self._most:
            self._states.popitem(last=False)
