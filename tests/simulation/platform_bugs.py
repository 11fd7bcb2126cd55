"""Planted bugs of what compares the platform with what it should be: leases of the trigger, partitions of hubs."""

from tests.simulation.planting import Bug

FAULTS = "shared.adapters.cosmos.leases:Found.faults"

LEASES = [
    Bug(
        "one lease that is missing is told to nobody",
        FAULTS,
        'elif "info" in made and unread:',
        'elif "info" in made and len(unread) == len(self.ranges):',
    ),
    Bug(
        "the lock of a host that died is never too old",
        FAULTS,
        'and now - made["lock"][1] > OLD:',
        'and now - made["lock"][1] < 0:',
    ),
    Bug(
        "a lease counts only for a range that is cut as it is",
        FAULTS,
        "inherited(one, dict.fromkeys(self.leases, True)).items()",
        "{one: one in self.leases}.items()",
    ),
    Bug(
        "a range that is cut anew has no place in the feed",
        "shared.adapters.cosmos.leases:Found.reached",
        "inherited(one, places).items()",
        "{one: places.get(one)}.items()",
    ),
]

PARTITIONS = [
    Bug(
        "a hub may have more partitions than the settings say",
        "shared.kernel.delivery.partition:check_partitions",
        "!= expected",
        "< expected",
    ),
    Bug(
        "a consumer does not compare its hub with the settings",
        "consumers.place_in_hub:Follower._hub",
        "await hub.check(self.partitions)",
        "pass",
    ),
]
