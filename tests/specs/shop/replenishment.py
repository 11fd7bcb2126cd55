"""What a replenishment records: one request for each shortage."""

from shared.domain.shop.replenishment import RecordReplenishmentRequest, ReplenishmentRequested
from tests.specs.spec import Spec

SPECS = [
    Spec(
        "A shortage asks for more",
        given=[],
        when=RecordReplenishmentRequest(shortage=1),
        then=[ReplenishmentRequested(shortage=1)],
    ),
    Spec(
        "A shortage asks once",
        given=[ReplenishmentRequested(shortage=1)],
        when=RecordReplenishmentRequest(shortage=1),
        then=[],
    ),
    Spec(
        "A shortage that a later one has overtaken asks no more",
        given=[ReplenishmentRequested(shortage=2)],
        when=RecordReplenishmentRequest(shortage=1),
        then=[],
    ),
]
