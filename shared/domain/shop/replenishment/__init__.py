"""The replenishment of an item: that somebody is to order more, once a shortage."""

from shared.domain.shop.replenishment.commands import RecordReplenishmentRequest
from shared.domain.shop.replenishment.decisions import Replenishment, decide, evolve
from shared.domain.shop.replenishment.events import ReplenishmentRequested
from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots

replenishment = Category(
    name="replenishment",
    decider=Decider(initial_state=Replenishment(), decide=decide, evolve=evolve),
    commands=(),
    process_commands=(RecordReplenishmentRequest,),
    events=(ReplenishmentRequested,),
    snapshots=Snapshots("replenishment/1", Replenishment),
)
