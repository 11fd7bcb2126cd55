"""Deliveries of CloudEvents in every mode and encoding, good ones and spoilt ones, the same for each seed."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from tests.consumers.webhooks.worlds import CARRIER
from tests.wire.sdks import BATCH, STRUCTURED, Sent

LETTERS = "abcXYZ019-_.~ %\"\\/éßж中😀'<>&+=,;"
SOURCES = [
    "/carriers/fast",
    "urn:uuid:6e8bc430",
    "https://example.com:1/a?b#c",
    "a/b",
    "1-555",
    "//h/p",
]
SPOILS: list[tuple[str, Any]] = [
    *((name, "") for name in ("id", "source", "type")),
    *((name, 7) for name in ("source", "type")),
    *((name, ["x"]) for name in ("source", "type")),
    ("specversion", "2.0"),
    ("source", "two words"),
    ("source", "é"),
    ("source", "a\\b"),
    ("dataschema", "/relative/1"),
    ("dataschema", "no uri at all"),
]
# What a header cannot hold, or holds encoded: the SDK for JavaScript decodes no header, and sees another text.
ONLY_IN_JSON = {("source", "two words"), ("source", "é"), ("source", "a\\b")}


@dataclass(frozen=True)
class Made:
    """A delivery, and what its events mean: source, id, and the order that they are about, if any."""

    sent: Sent
    events: list[tuple[str, str, str | None]]


class Maker:
    """Makes deliveries of a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.number = 0

    def deliveries(self, events: int) -> list[Made]:
        """Make deliveries until they hold so many events."""
        made: list[Made] = []
        while self.number < events:
            make: Callable[[], Made] = self.dice.choice(
                [self._binary, self._structured, self._batch]
            )
            made.append(make())
        return made

    def _text(self) -> str:
        return "".join(self.dice.choices(LETTERS, k=self.dice.randint(1, 12)))

    def _event(self, spoil: tuple[str, Any] | None) -> dict[str, Any]:
        self.number += 1
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"{self.number} {self._text()}",
            "source": self.dice.choice(SOURCES),
            "type": self.dice.choice([CARRIER, CARRIER, "com.example.other"]),
        }
        optional = (
            ("subject", self._text()),
            ("time", "2026-11-23T12:00:00Z"),
            ("dataschema", "https://example.com/schema"),
            ("extension1", self._text()),
            ("traceparent", f"00-{'1' * 32}-{'2' * 16}-01"),
        )
        event |= {name: value for name, value in optional if self.dice.random() < 0.3}
        if spoil is not None:
            event[spoil[0]] = spoil[1]
        return event

    def _spoil(self, *, headers: bool = False) -> tuple[str, Any] | None:
        if self.dice.random() > 0.2:
            return None
        fitting = [
            one
            for one in SPOILS
            if not headers or (isinstance(one[1], str) and one not in ONLY_IN_JSON)
        ]
        return self.dice.choice(fitting)

    def _data(self) -> tuple[str | None, bytes, str | None]:
        """Make data: its type, its bytes, and the order that it is about, None where no receptor can read it."""
        order = f"O{self.number}"
        good = {"orderId": order, "customerId": "C1"}
        choice = self.dice.randrange(8)
        if choice < 4:
            declared = self.dice.choice(
                [None, "application/json", "application/json; charset=utf-8"]
            )
            return declared, json.dumps(good, ensure_ascii=self.dice.random() < 0.5).encode(), order
        if choice == 4:
            return "application/json", json.dumps({"note": self._text()}).encode(), None
        if choice == 5:
            return "text/plain", self._text().encode(), None
        if choice == 6:
            return "application/octet-stream", self.dice.randbytes(self.dice.randint(1, 30)), None
        return None, b"", None

    def _meant(self, event: dict[str, Any], order: str | None) -> tuple[str, str, str | None]:
        bound = event["type"] == CARRIER
        return str(event["source"]), str(event["id"]), (order or "") if bound else None

    def _binary(self) -> Made:
        event = self._event(self._spoil(headers=True))
        declared, data, order = self._data()
        headers = {f"ce-{name}": self._header(name, value) for name, value in event.items()}
        if declared:
            headers["content-type"] = declared
        return Made(Sent(headers, data), [self._meant(event, order)])

    def _header(self, name: str, value: str) -> str:
        """Write a header with all that may be encoded, or with all that must; a URI as both SDKs look at it."""
        least = "!#$&'()*+,-./:;<=>?@[]^_`{|}~"
        return quote(value, safe=least if name == "dataschema" else self.dice.choice(["", least]))

    def _json(self) -> tuple[dict[str, Any], str | None]:
        event = self._event(self._spoil())
        declared, data, order = self._data()
        if declared:
            event["datacontenttype"] = declared
        json_like = declared is None or "json" in declared
        if data and (not json_like or self.dice.random() < 0.3):
            event["data_base64"] = base64.b64encode(data).decode()
        elif data:
            event["data"] = json.loads(data)
        return event, order

    def _structured(self) -> Made:
        event, order = self._json()
        body = json.dumps(event, ensure_ascii=self.dice.random() < 0.5).encode()
        spoilt = self.dice.random()
        if spoilt < 0.04:
            body = self.dice.choice(
                [body[:-1], b"[" + body, b"", b"null", b'"x"', b"[" + body + b"]"]
            )
        headers = {"content-type": self.dice.choice([STRUCTURED, f"{STRUCTURED}; charset=utf-8"])}
        return Made(Sent({**headers, **self._beside()}, body), [self._meant(event, order)])

    def _batch(self) -> Made:
        made = [self._json() for _ in range(self.dice.randint(0, 5))]
        body = json.dumps([event for event, _ in made]).encode()
        if self.dice.random() < 0.04:
            body = self.dice.choice([body[:-1], b"{}", b"null", b""])
        meant = [self._meant(event, order) for event, order in made]
        return Made(Sent({"content-type": BATCH, **self._beside()}, body), meant)

    def _beside(self) -> dict[str, str]:
        """Repeat attributes in headers, which nobody may look at."""
        beside = {
            "ce-specversion": "1.0",
            "ce-id": "beside",
            "ce-type": CARRIER,
            "ce-source": "/beside",
        }
        return beside if self.dice.random() < 0.3 else {}
