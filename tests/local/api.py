"""A client of the running stack that asks until it hears what it waits for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import requests

from emulators.tests.machine import limit


@dataclass
class Sent:
    """A command that left events, and its answer."""

    path: str
    body: dict[str, Any]
    key: str
    told: dict[str, Any]


class Api:
    """The running stack, for one client; its items are nobody else's."""

    def __init__(self, url: str) -> None:
        self.http, self.url, self.own = requests.Session(), url, uuid4().hex[:12]

    def post(
        self, path: str, body: dict[str, Any], key: str = "", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Idempotency-Key"] = key or str(uuid4())
        answer = self.http.post(f"{self.url}{path}", json=body, headers=named, timeout=limit())
        return answer.status_code, answer.json()

    def get(self, path: str, **headers: str) -> dict[str, Any]:
        told: dict[str, Any] = self.http.get(
            f"{self.url}{path}", headers=headers, timeout=limit()
        ).json()
        return told

    def until(self, path: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask until the answer is what was hoped for."""
        ends = time.monotonic() + limit()
        while not wanted(told := self.get(path)):
            assert time.monotonic() < ends, f"{path} still answers {told}"
            time.sleep(0.05)
        return told

    def settle(self) -> None:
        """Wait until nothing waits in any stage, twice in a row: an event may slip from one into the next."""
        quiet = 0

        def nothing_waits(told: dict[str, Any]) -> bool:
            nonlocal quiet
            quiet = quiet + 1 if all(one["events"] == 0 for one in told["stages"]) else 0
            return quiet == 2

        self.until("/api/operations/lag", nothing_waits)
