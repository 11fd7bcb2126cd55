"""One attempt at a webhook: posts, waits for the answer, and tells how it ended, faults included."""

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from emulators.event_grid.schedule import Outcome, outcome_of
from emulators.faults import Faults, Rule

LOST = Outcome("SocketError")


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Posts to webhooks; `timeout` is how long an answer may take, in seconds of the real clock."""

    http: aiohttp.ClientSession
    faults: Faults
    timeout: float

    async def deliver(
        self, subscription: str, url: URL, headers: Mapping[str, str], body: bytes
    ) -> Outcome:
        """Make one attempt, or let it fail if a rule says so."""
        rule = self.faults.choose("event-grid", "deliver", subscription)
        if rule is None:
            return await self._post(url, headers, body)
        return await self._struck(rule, url, headers, body)

    async def _struck(
        self, rule: Rule, url: URL, headers: Mapping[str, str], body: bytes
    ) -> Outcome:
        match rule.fault:
            case "400" | "429" | "503":
                return outcome_of(int(rule.fault))
            case "drop-before":
                return LOST
            case "drop-after":
                await self._post(url, headers, body)
                return LOST
            case "duplicate":
                await self._post(url, headers, body)
            case "delay":
                await asyncio.sleep(rule.seconds)
        return await self._post(url, headers, body)

    async def _post(self, url: URL, headers: Mapping[str, str], body: bytes) -> Outcome:
        stream = io.BytesIO(body)  # aiohttp warns of large bodies that are mere bytes
        try:
            async with (
                asyncio.timeout(self.timeout),
                self.http.post(url, headers=headers, data=stream, allow_redirects=False) as answer,
            ):
                return outcome_of(answer.status)
        except TimeoutError:
            return Outcome("TimedOut")
        except aiohttp.ClientConnectorDNSError:
            return Outcome("ResolutionError")
        except (OSError, aiohttp.ClientError):
            return LOST
