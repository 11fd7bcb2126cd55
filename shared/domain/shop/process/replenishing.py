"""The policy: an item that runs low is to be replenished. Sku and shortage name the fact, for ever."""

from collections.abc import Iterable

from shared.domain.shop.item import item
from shared.domain.shop.item.events import StockRanLow
from shared.domain.shop.replenishment import (
    RecordReplenishmentRequest,
    ReplenishmentRequested,
    replenishment,
)
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.policy import Fact, Policy


def _request(stream: StreamName, event: StockRanLow) -> Iterable[Fact[ReplenishmentRequested]]:
    target = StreamName(replenishment.name, stream.id)
    requested = ReplenishmentRequested(shortage=event.shortage)
    yield Fact(target, requested, key=str(event.shortage))


def _record(fact: ReplenishmentRequested) -> RecordReplenishmentRequest:
    return RecordReplenishmentRequest(shortage=fact.shortage)


replenish = Policy(
    name="replenish",
    category=item,
    event=StockRanLow,
    target=replenishment,
    fact=ReplenishmentRequested,
    command=RecordReplenishmentRequest,
    decide=_request,
    record=_record,
)
