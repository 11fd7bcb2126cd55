"""5,000 deliveries that somebody has tampered with: never an error of ours, and no effect without a secret."""

import json
import random
from collections import Counter
from typing import Any

import azure.functions as func

from tests.consumers.webhooks.worlds import (
    CARRIER,
    ORIGIN,
    SECRET,
    SUPPLIER,
    World,
    cloud,
    delivered,
    grid,
)

DELIVERIES = 5000
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**53 + 1, 10**400, "", " ", "é", "\u0000", "x" * 2000, [], {}, [[]], {"a": {}},
)  # fmt: skip
HEADERS = {
    "aeg-event-type": ("Notification", "SubscriptionValidation", "SubscriptionDeletion", ""),
    "aeg-subscription-name": ("ORDERS", "OTHERS"),
    "content-type": ("application/json", "text/plain", "application/cloudevents-batch+json"),
    "ce-specversion": ("1.0", "0.3"),
    "ce-id": ("h1", "%ff", ""),
    "ce-source": ("/s", "a b"),
    "ce-type": (CARRIER, SUPPLIER, "x"),
    "webhook-request-origin": (ORIGIN, "example.com"),
    "authorization": ("Bearer", "Bearer a.b.c", "Basic x", ""),
    "traceparent": ("00-0", "é"),
}
WRONG = (None, "", SECRET[:-1], f"{SECRET} ", SECRET.upper(), "é", "\ud800")


def mutated(content: Any, fate: random.Random) -> Any:
    """Change one thing somewhere within."""
    if isinstance(content, dict) and content and fate.random() < 0.8:
        name = fate.choice(list(content))
        kept = {key: value for key, value in content.items() if key != name}
        if fate.random() < 0.2:
            return kept
        return {**kept, name: mutated(content[name], fate)}
    if isinstance(content, list) and content and fate.random() < 0.8:
        place = fate.randrange(len(content))
        return [*content[:place], mutated(content[place], fate), *content[place + 1 :]]
    return fate.choice(ODD)


def tampered(number: int, fate: random.Random) -> bytes:
    event = fate.choice((cloud, grid, lambda id_: delivered(1, id_)))(f"f{number}")
    content: Any = fate.choice((event, [event], [event, event]))
    for _ in range(fate.randrange(3)):
        content = mutated(content, fate)
    body = json.dumps(content).encode()
    if fate.random() < 0.2:
        place = fate.randrange(len(body))
        body = body[:place] + bytes([fate.randrange(256)]) + body[place + fate.randrange(2) :]
    return body


def request(number: int, fate: random.Random, secret: str | None) -> func.HttpRequest:
    names = fate.sample(list(HEADERS), fate.randrange(4))
    headers = {name: fate.choice(HEADERS[name]) for name in names}
    in_query = fate.random() < 0.5
    shown = {} if secret is None else {"secret" if in_query else "webhook-secret": secret}
    return func.HttpRequest(
        method="OPTIONS" if fate.random() < 0.05 else "POST",
        url="/api/webhooks",
        headers=headers if in_query else {**headers, **shown},
        params=shown if in_query else {},
        body=tampered(number, fate),
    )


async def test_5000_tampered_deliveries_do_no_harm() -> None:
    fate, world, statuses = random.Random(7), World(), Counter[int]()
    await world.register()
    before = world.effects()

    for number in range(DELIVERIES):
        known = fate.random() < 0.5
        secret = SECRET if known else fate.choice(WRONG)
        done, kept = len(world.store.written), len(await world.parked()) if not known else 0
        answer = await world.receiver.receive(request(number, fate, secret))
        statuses[answer.status_code] += 1
        if not known:
            assert answer.status_code in {401, 403, 200}
            assert len(world.store.written) == done
            assert len(await world.parked()) == kept

    assert statuses.keys() == {200, 400, 401, 403}
    assert min(statuses.values()) > 50
    assert len(world.effects()) > len(before) + 100
