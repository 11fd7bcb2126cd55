"""5,000 deliveries that somebody has tampered with: never an error of ours, and no effect without a secret.

A third goes to a webhook that believes tokens as well.
"""

import base64
import json
import random
from collections import Counter
from typing import Any

import azure.functions as func

from shared.adapters.identity.entra_tokens import open_verifier
from tests.consumers.webhooks.tenant import OTHER, tenant, token
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
from tests.consumers.worlds import markers

DELIVERIES = 5000
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**53 + 1, 10**400, "", " ", "é", "\u0000", "x" * 2000, [], {}, [[]], {"a": {}},
    float("nan"), float("inf"), "1e400", ["é" * 10] * 2000, {f"n{number}": number for number in range(2000)},
)  # fmt: skip
FORGED = tuple(
    f"Bearer {one}"
    for one in (token(OTHER), token(kid="another"), token(aud="api://another"), token(kid="é"))
)
HEADERS = {
    "aeg-event-type": ("Notification", "SubscriptionValidation", "SubscriptionDeletion", ""),
    "aeg-subscription-name": ("ORDERS", "OTHERS"),
    "content-type": ("text/plain", "", "application/cloudevents-batch+json", "application/json;é"),
    "content-encoding": ("gzip", "identity", "é"),
    "ce-specversion": ("1.0", "0.3"),
    "ce-id": ("h1", "%ff", ""),
    "ce-source": ("/s", "a b"),
    "ce-type": (CARRIER, SUPPLIER, "x"),
    "webhook-request-origin": (ORIGIN, "example.com"),
    "authorization": ("Bearer", "Bearer a.b.c", "Basic x", "", *FORGED),
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


def encoded(content: Any) -> Any:
    """Encode the data of all events that have some."""
    if isinstance(content, list):
        return [encoded(one) for one in content]
    if not isinstance(content, dict) or "data" not in content:
        return content
    kept = {name: value for name, value in content.items() if name != "data"}
    text = json.dumps(content["data"]).replace('"1e400"', "1e400").encode()
    return {**kept, "data_base64": base64.b64encode(text).decode()}


def tampered(number: int, fate: random.Random) -> bytes:
    event = fate.choice((cloud, grid, lambda id_: delivered(1, id_)))(f"f{number}")
    content: Any = fate.choice((event, [event], [event, event]))
    for _ in range(fate.randrange(3)):
        content = mutated(content, fate)
    if fate.random() < 0.2:
        content = encoded(content)
    # 1e400 is how some write what no JSON number holds.
    body = json.dumps(content).replace('"1e400"', "1e400").encode()
    if fate.random() < 0.2:
        place = fate.randrange(len(body))
        body = body[:place] + bytes([fate.randrange(256)]) + body[place + fate.randrange(2) :]
    return body


def request(number: int, fate: random.Random, secret: str | None) -> func.HttpRequest:
    names = fate.sample(list(HEADERS), fate.randrange(4))
    headers = {"content-type": "application/json"}
    headers |= {name: fate.choice(HEADERS[name]) for name in names}
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
    fate, statuses = random.Random(7), Counter[int]()
    async with tenant() as keys:
        world = World()
        believing = World(store=world.store, parking=world.parking)
        believing.verify = open_verifier(keys.settings, cooldown=3600, lifespan=3600)
        await world.register()
        before = world.effects()

        for number in range(DELIVERIES):
            known = fate.random() < 0.5
            secret = SECRET if known else fate.choice(WRONG)
            done, kept = len(world.store.written), len(await world.parked()) if not known else 0
            asked = request(number, fate, secret)
            answer = await (believing if number % 3 == 0 else world).receiver.receive(asked)
            statuses[answer.status_code] += 1
            if not known:
                # 503 is for a token whose key may be younger than ours.
                assert answer.status_code in {401, 403, 200, 204, 413, 415, 503}
                assert len(world.store.written) == done
                assert len(await world.parked()) == kept

        assert keys.asked == 1

    assert statuses.keys() - {503} == {200, 204, 400, 401, 403, 413, 415}
    assert statuses[503] < 50 < min(statuses[status] for status in (200, 400, 401, 403, 415))
    assert len(world.effects()) > len(before) + 100
    for marker in await markers(world.parking, "webhooks"):
        json.dumps(marker.envelope, allow_nan=False)
