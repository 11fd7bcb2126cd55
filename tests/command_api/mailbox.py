"""Commands that wait in the mailbox, the handler that comes to them, and the question what they came to."""

from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from command_api.composition import Application
from consumers.mailbox import Mailbox
from shared.adapters.memory import MemoryLog, MemoryOutcomes, MemoryParking
from shared.domain.shop import domain
from tests.command_api.calls import (
    get,
    get_outcome,
    now,
    told,
)
from tests.kernel.asking import no_pause

ASYNC = {"Prefer": "respond-async", "Idempotency_Key": "a/b?c"}
RESERVE = {"reservationId": "r1", "quantity": 5}


async def handle_all(application: Application) -> None:
    mailbox, outcomes = await application.mailbox(), application.outcomes
    assert isinstance(mailbox, MemoryLog)
    assert isinstance(outcomes, MemoryOutcomes)
    durable = Mailbox(domain, application.dispatcher, outcomes, MemoryParking(), now, no_pause)
    for messages in mailbox.messages:
        await durable.handle(messages)
        messages.clear()


async def outcome(application: Application, command_id: str = "a/b?c") -> dict[str, object]:
    params = {"command-id": command_id}
    return told(await get_outcome(get("streams", params, stream="item-SKU1"), application))


async def asked_at(answer: func.HttpResponse, application: Application) -> dict[str, object]:
    """Ask at the status URL that an answer has given."""
    params = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    return told(await get_outcome(get("streams", params, stream="item-SKU1"), application))
