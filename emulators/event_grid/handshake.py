"""The handshake when a subscription is made: the webhook proves that it expects events.

Sources: "Endpoint validation with Event Grid event schema", "Endpoint validation by using CloudEvents schema",
CloudEvents HTTP 1.1 Web Hooks 1.0, section 4. Validation by hand, at `validationUrl`, is not supported.
"""

import asyncio
import json
import uuid
from typing import Any

import aiohttp

from emulators.event_grid.errors import EventGridError
from emulators.event_grid.schemas import ORIGIN, now_text
from emulators.event_grid.subscriptions import Subscription
from emulators.event_grid.topics import CLOUD_EVENTS, Topic

TRIES = 2  # guessed
PAUSE = 5.0  # guessed
OK = 200


async def shake_hands(
    http: aiohttp.ClientSession,
    topic: Topic,
    name: str,
    subscription: Subscription,
    *,
    callback: str,
    within: float,
    pace: float,
) -> None:
    """Validate the endpoint of a subscription; raises EventGridError 400 with what was wrong.

    An answer that does not come in time (`within`, seconds) is asked for once more.
    """
    ask = _ask_by_options if subscription.event_delivery_schema == CLOUD_EVENTS else _ask_by_event
    url = subscription.webhook.endpoint_url
    for left in reversed(range(TRIES)):
        try:
            async with asyncio.timeout(within):
                wrong = await ask(http, topic, name, subscription, callback)
        except TimeoutError:
            if left:
                await asyncio.sleep(PAUSE / pace)
                continue
            wrong = f"no answer came within {within:g} s"
        except (aiohttp.ClientError, OSError) as error:
            wrong = f"the endpoint could not be reached ({error})"
        break
    if wrong:
        raise EventGridError(
            400,
            f"Webhook validation handshake failed for {url}: {wrong}."
            " For troubleshooting, visit https://aka.ms/esvalidation.",
            detail="Url validation",
        )


async def _ask_by_event(
    http: aiohttp.ClientSession, topic: Topic, name: str, subscription: Subscription, callback: str
) -> str:
    code = str(uuid.uuid4()).upper()
    event = {
        "id": str(uuid.uuid4()),
        "topic": topic.resource,
        "subject": "",
        "data": {"validationCode": code, "validationUrl": callback},
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": now_text(),
        "metadataVersion": "1",
        "dataVersion": "1",
    }
    headers = {
        **subscription.headers,
        "Content-Type": "application/json; charset=utf-8",
        "aeg-event-type": "SubscriptionValidation",
        "aeg-subscription-name": name.upper(),
        "aeg-delivery-count": "0",
        "aeg-data-version": "1",
        "aeg-metadata-version": "1",
    }
    url = subscription.webhook.endpoint
    async with http.post(
        url, headers=headers, data=json.dumps([event]), allow_redirects=False
    ) as answer:
        if answer.status != OK:
            return f"Http POST request failed with response code {answer.status}, and not 200"
        return _answers(await answer.read(), code)


def _answers(body: bytes, code: str) -> str:
    try:
        said: Any = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "validationResponse" not in said:
        return (
            "the answer has no validationResponse, and the emulator of Event Grid does not support"
            " validation by hand (validationUrl)"
        )
    return "" if said["validationResponse"] == code else "the validationResponse is another code"


async def _ask_by_options(
    http: aiohttp.ClientSession,
    _topic: Topic,
    _name: str,
    subscription: Subscription,
    callback: str,
) -> str:
    headers = {
        **subscription.headers,
        "WebHook-Request-Origin": ORIGIN,
        "WebHook-Request-Callback": callback,
    }
    url = subscription.webhook.endpoint
    async with http.options(url, headers=headers, allow_redirects=False) as answer:
        if not OK <= answer.status < 300:  # noqa: PLR2004 - a success
            return f"Http OPTIONS request failed with response code {answer.status}"
        origin = answer.headers.get("WebHook-Allowed-Origin", "").strip()
        rate = answer.headers.get("WebHook-Allowed-Rate", "").strip()
    if origin.lower() not in {ORIGIN, "*"}:
        return f"WebHook-Allowed-Origin is {origin!r}, neither {ORIGIN!r} nor '*'"
    # No rate was asked for, so that none need be allowed: Microsoft's trigger names none.
    if rate not in {"", "*"} and not (rate.isdecimal() and int(rate) > 0):
        return f"WebHook-Allowed-Rate is {rate!r}, neither a number nor '*'"
    return ""
