"""The clients: they ask, ask again with the same key when no answer comes, and keep what they were told."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import aiohttp

ASK_AGAIN = frozenset({409, 429, 503})
TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client was told of one command; `version` is None when it was not accepted."""

    command_id: str
    stream: str
    status: int
    version: int | None
    events: list[dict[str, Any]]


@dataclass(slots=True)
class Ledger:
    """What all clients were told, and what it took."""

    answers: list[Answer] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    asked_again: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    repeats_answered_otherwise: int = 0


@dataclass(slots=True)
class Client:
    """One client with its own dice; it knows which reservations it holds."""

    http: aiohttp.ClientSession
    url: str
    ledger: Ledger
    dice: random.Random
    held: list[tuple[str, str]] = field(default_factory=list)

    async def send(
        self, id_: str, command: str, body: dict[str, Any], category: str = "item"
    ) -> Answer:
        """Send a command until it is answered; one in twenty is sent once more afterwards."""
        key = str(UUID(int=self.dice.getrandbits(128), version=4))
        begun = time.perf_counter()
        stream = f"{category}-{id_}"
        answer = await self._until_answered(stream, command, body, key)
        self.ledger.seconds.append(time.perf_counter() - begun)
        self.ledger.answers.append(answer)
        if self.dice.random() < 0.05 and answer.events:
            again = await self._until_answered(stream, command, body, key)
            self.ledger.repeats += 1
            self.ledger.repeats_answered_otherwise += again != answer
        return answer

    async def _until_answered(
        self, stream: str, command: str, body: dict[str, Any], key: str
    ) -> Answer:
        url = f"{self.url}/api/{stream.replace('-', '/', 1)}/{command}"
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                async with self.http.post(
                    url, json=body, headers={"Idempotency-Key": key}
                ) as response:
                    if response.status not in ASK_AGAIN:
                        return _answer(stream, key, response.status, await response.json())
                    self.ledger.asked_again[str(response.status)] += 1
            except (aiohttp.ClientError, TimeoutError):
                self.ledger.asked_again["no answer"] += 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer to {command} of {stream} within {TIMEOUT:.0f} s")
            await asyncio.sleep(self.dice.uniform(0.02, 0.2))


def _answer(stream: str, key: str, status: int, body: dict[str, Any]) -> Answer:
    return Answer(key, stream, status, body.get("version"), body.get("events", []))
