"""What breaks a function set or what it relies on, and what the doctor must say of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.doctor.examination import CHECKS
from tests.adapters.leases import beside, started
from tests.doctor.ward import Ward


def no_functions(ward: Ward) -> None:
    ward.functions = {}


def a_policy_that_ends(ward: Ward) -> None:
    ward.functions["projections"]["retry"] = {"strategy": "exponential_backoff", "most": 5}


def no_schedule(ward: Ward) -> None:
    ward.environment = {}


def a_trigger_that_rewrites_dates(ward: Ward) -> None:
    del ward.host["extensions"]["cosmosDB"]["serializerSettings"]


def a_container_that_nobody_made(ward: Ward) -> None:
    del ward.made["containers"]["parked"]


def another_partition_key(ward: Ward) -> None:
    ward.made["containers"]["events"]["partitionKey"] = "/commandId"


def no_unique_key(ward: Ward) -> None:
    del ward.made["containers"]["events"]["uniqueKeys"]


def events_that_expire(ward: Ward) -> None:
    ward.made["containers"]["events"]["timeToLive"] = 3600


def an_index_too_few(ward: Ward) -> None:
    del ward.made["containers"]["views"]["indexingPolicy"]["compositeIndexes"][1:]


def a_publisher_that_never_ran(ward: Ward) -> None:
    ward.leases = lambda _: []


def leases_of_somebody_else(ward: Ward) -> None:
    stranger = {"id": "another-publisher..0", "LeaseToken": "0"}
    ward.leases = lambda rid: [*started(rid), stranger]


def leases_of_another_account(ward: Ward) -> None:
    ward.leases = lambda _: started("AAAAAYAAAAX=")


def a_lease_that_somebody_deleted(ward: Ward) -> None:
    ward.leases = lambda rid: started(rid)[1:]


def leases_that_were_all_deleted(ward: Ward) -> None:
    ward.leases = lambda rid: [beside(rid, "info")]


def a_host_that_died_in_its_first_start(ward: Ward) -> None:
    ward.leases = lambda rid: [beside(rid, "lock")]
    ward.now = lambda: datetime.now(UTC) + timedelta(minutes=2)
    # That of the apps is not the one that is wrong.
    ward.checks.pop("clocks")


def fewer_partitions_than_the_hub_has(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    ward.settings["EVENT_PARTITIONS"] = "2"


def fewer_partitions_than_the_hub_of_commands_has(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    ward.settings["COMMAND_PARTITIONS"] = "2"


def a_group_that_nobody_made(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    ward.asked["hubs"]["events"]["consumerGroups"].append("another")


async def a_consumer_that_came_too_late(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    # As if the first events had been dropped: the place is noted before the beginning of the hub.
    await ward.progress.write("projections:0", "-5")


async def a_mailbox_that_came_too_late(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    await ward.progress.write("mailbox:0", "-5")


def an_app_that_wants_its_key(ward: Ward) -> None:
    ward.set.running = None


def an_app_that_nobody_named(ward: Ward) -> None:
    assert ward.set.running
    ward.set.running -= {"lag", "parked"}
    ward.set.off = {"lag", "parked"}


def a_function_that_runs_nowhere(ward: Ward) -> None:
    assert ward.set.running
    ward.set.running -= {"deadlines"}


def a_function_that_runs_twice(ward: Ward) -> None:
    ward.sets = [ward.set, ward.set]


def an_app_of_another_version(ward: Ward) -> None:
    assert ward.set.running
    ward.set.running |= {"added_since"}


def a_store_that_cannot_be_read(ward: Ward) -> None:
    check = {"name": "store", "ready": False, "error": "403: no role"}
    ward.set.answers["health"] = (503, {"status": "unready", "checks": [check]}, {})


def a_clock_that_is_slow(ward: Ward) -> None:
    ward.now = lambda: datetime.now(UTC) - timedelta(minutes=5)


def rows_that_the_app_may_not_write(ward: Ward) -> None:
    rights = {"events:append": None, "views:write": "Cosmos DB refuses a request: 403"}
    told = {"rights": rights, "settings": None}
    ward.set.answers["operations/rights/consumers"] = (200, told, {})


def a_setting_of_the_app_that_is_wrong(ward: Ward) -> None:
    told = {"rights": {}, "settings": "WEBHOOK_SECRETS, entry 1: it was given before"}
    ward.set.answers["operations/rights/consumers"] = (200, told, {})


def an_app_that_does_not_tell_its_rights(ward: Ward) -> None:
    ward.set.answers["operations/rights/single_publisher"] = (500, {}, {})


def an_endpoint_without_a_handshake(ward: Ward) -> None:
    del ward.set.answers["webhooks"]


def a_stream_that_is_parked(ward: Ward) -> None:
    parked = [{"stream": "item-SKU1", "consumer": "projections"}]
    ward.set.answers["operations/parked"] = (200, {"parked": parked}, {})


def markers_that_nobody_shows(ward: Ward) -> None:
    ward.set.answers["operations/parked"] = (500, {"parked": []}, {})


def a_stage_that_is_late(ward: Ward) -> None:
    stage = {"stage": "projections", "partition": "2", "events": 7, "seconds": 300.0}
    ward.set.answers["operations/lag"] = (200, {"stages": [stage], "sweep": []}, {})


def a_sweep_that_is_late(ward: Ward) -> None:
    young = {"stage": "sweep", "partition": "0", "events": 7, "seconds": 180.0}
    late = {**young, "partition": "1", "seconds": 900.0}
    ward.set.answers["operations/lag"] = (200, {"stages": [], "sweep": [young, late]}, {})


BROKEN: dict[Callable[[Ward], Any], tuple[str, str]] = {
    no_functions: ("functions", "cannot be loaded"),
    a_policy_that_ends: ("retry policies", "projections"),
    no_schedule: ("schedules", "SWEEP_SCHEDULE"),
    a_trigger_that_rewrites_dates: ("dates", "host.json"),
    a_container_that_nobody_made: ("containers", "parked"),
    another_partition_key: ("partition keys", "events by ['/commandId']"),
    no_unique_key: ("unique key", "events"),
    events_that_expire: ("nothing expires", "events after 3600"),
    an_index_too_few: ("indexes", "views"),
    a_publisher_that_never_ran: ("leases", "never run"),
    leases_of_somebody_else: ("leases", "another-publisher..0"),
    leases_of_another_account: ("leases", "never run"),
    a_lease_that_somebody_deleted: ("leases", "no lease covers -"),
    leases_that_were_all_deleted: ("leases", "there is none"),
    a_host_that_died_in_its_first_start: ("leases", "waits for it without a word"),
    fewer_partitions_than_the_hub_has: ("partitions", "events has 4, and 2"),
    fewer_partitions_than_the_hub_of_commands_has: ("partitions", "commands has 4, and 2"),
    a_group_that_nobody_made: ("consumer groups", "events/another"),
    a_consumer_that_came_too_late: ("retention", "projections"),
    a_mailbox_that_came_too_late: ("retention", "commands has dropped 4 messages of partition 0"),
    an_app_that_wants_its_key: ("apps", "/admin/functions answers 401"),
    an_app_that_nobody_named: ("apps", "nothing runs lag, parked"),
    a_function_that_runs_nowhere: ("apps", "nothing runs deadlines"),
    a_function_that_runs_twice: ("apps", "consumers_rights runs twice"),
    an_app_of_another_version: ("apps", "added_since"),
    a_store_that_cannot_be_read: ("health", "403: no role"),
    a_clock_that_is_slow: ("clocks", "the clock of http://127.0.0.1"),
    rows_that_the_app_may_not_write: ("rights", "consumers may not views:write: Cosmos DB refuses"),
    a_setting_of_the_app_that_is_wrong: ("rights", "consumers: WEBHOOK_SECRETS, entry 1"),
    an_app_that_does_not_tell_its_rights: ("rights", "answers 500"),
    an_endpoint_without_a_handshake: ("handshake", "webhook"),
    a_stream_that_is_parked: ("parked", "item-SKU1 (projections)"),
    markers_that_nobody_shows: ("parked", "answers 500"),
    a_sweep_that_is_late: ("lag", "sweep, partition 1: 7 events, 900 s"),
    a_stage_that_is_late: ("lag", "projections, partition 2"),
}
# What cannot be asked because of it.
ALSO: dict[Callable[[Ward], Any], set[str]] = {
    no_functions: {"apps"},
    an_app_that_wants_its_key: {"health", "rights", "handshake", "parked", "lag"},
    an_app_that_nobody_named: {"parked", "lag"},
}
ELSEWHERE = {"strong store", "archive"}
