"""The process: what events of one category cause in another, and what the world outside is told of them."""

from shared.domain.shop.process import inbound, public_events, reserving
from shared.domain.shop.process.expiring import expiry
from shared.domain.shop.process.replenishing import replenish

RECEPTORS = reserving.ALL
POLICIES = (replenish,)
ENRICHERS = public_events.ALL
FEEDS = (public_events.FEED,)
DEADLINES = (expiry,)
INBOUND = inbound.ALL
