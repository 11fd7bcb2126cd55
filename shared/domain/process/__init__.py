"""The process: what events of one category cause in another, and what the world outside is told of them."""

from shared.domain.process import inbound, notifying, reserving
from shared.domain.process.expiring import expiry
from shared.domain.process.replenishing import replenish

RECEPTORS = reserving.ALL
POLICIES = (replenish,)
ENRICHERS = notifying.ALL
DEADLINES = (expiry,)
INBOUND = inbound.ALL
