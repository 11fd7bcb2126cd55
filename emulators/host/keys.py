"""The keys of an app, and what each of them opens, as the host decides it when it asks for keys."""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

FILE: Final = "keys.json"
HEADER: Final = "x-functions-key"
PARAMETER: Final = "code"
BEARER: Final = "Bearer"
ANONYMOUS, FUNCTION, ADMIN, SYSTEM = "anonymous", "function", "admin", "system"


@dataclass(frozen=True, slots=True)
class Keys:
    """One key of all functions, the master's, and the one that the Event Grid extension asks for."""

    function: str
    master: str
    event_grid: str

    @classmethod
    def kept(cls, state: Path) -> Self:
        """Return the keys in a folder, after making them at the first start; hosts that share it share them."""
        state.mkdir(parents=True, exist_ok=True)
        file = state / FILE
        if not file.exists():
            own = file.with_suffix(f".{os.getpid()}")
            made = cls(*(secrets.token_urlsafe(32) for _ in range(3)))
            own.write_text(json.dumps(asdict(made)), encoding="utf-8")
            # Of two hosts that start at once, the first decides.
            with suppress(FileExistsError):
                os.link(own, file)
            own.unlink()
        return cls(**json.loads(file.read_text(encoding="utf-8")))

    def opens(self, key: str, level: str) -> bool:
        """Tell whether a key opens what has a level; the master's opens everything."""
        others = {FUNCTION: self.function, SYSTEM: self.event_grid}
        return level == ANONYMOUS or key in {self.master, others.get(level, self.master)}

    def knows(self, key: str) -> bool:
        """Tell whether a key is one of these."""
        return key in {self.function, self.master, self.event_grid}


def shown(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """Return the key that a request shows: the header wins, even if only the parameter is right."""
    return headers.get(HEADER, query.get(PARAMETER, ""))
