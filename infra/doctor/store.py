"""The store: made as names.json says, strong, and published by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from azure.cosmos.exceptions import CosmosResourceNotFoundError

from infra.doctor.patient import Complaint, Patient
from shared.adapters.cosmos.leases import CosmosLeases

_LEASES = "SELECT VALUE c.id FROM c WHERE IS_DEFINED(c.LeaseToken)"
AGAIN = "it cannot be changed: make the account anew (`azd up`), or at a desk `make clean`"
PROVISION = "run `azd provision`, or at a desk start the stack again"


async def strong_store(patient: Patient) -> Complaint | None:
    """See that every read sees every write that was answered before it."""
    account = await patient.cosmos._get_database_account()  # noqa: SLF001 - nothing public tells it
    level = (account.ConsistencyPolicy or {}).get("defaultConsistencyLevel")
    if level == "Strong":
        return None
    return Complaint(
        f"the account answers with {level} consistency: a cold command may decide on an old state",
        "set the default consistency of the account to Strong, with one write region",
    )


async def containers(patient: Patient) -> Complaint | None:
    """See that every container of names.json is there."""
    missing = [name for name in patient.names["containers"] if await _read(patient, name) is None]
    return Complaint(f"there is no container {', '.join(missing)}", PROVISION) if missing else None


async def partition_keys(patient: Patient) -> Complaint | None:
    """See that one stream is one key: else a command would not be one write."""
    wrong = [
        f"{name} by {found['partitionKey']['paths']}, not {described['partitionKey']}"
        for name, described, found in await _made(patient)
        if found["partitionKey"]["paths"] != [described["partitionKey"]]
    ]
    return Complaint(f"containers are partitioned otherwise: {wrong}", AGAIN) if wrong else None


async def unique_key(patient: Patient) -> Complaint | None:
    """See that a command which is sent twice collides with itself."""
    wrong = [
        name
        for name, described, found in await _made(patient)
        if _unique(found) != sorted(described.get("uniqueKeys", []))
    ]
    if not wrong:
        return None
    return Complaint(
        f"{', '.join(wrong)} has other unique keys than names.json: a command sent twice costs a read more,"
        " or takes effect twice",
        AGAIN,
    )


async def nothing_expires(patient: Patient) -> Complaint | None:
    """See that no event expires: it could be lost before it is published, and nobody would notice."""
    wrong = [
        f"{name} after {found.get('defaultTtl')}, not {described.get('timeToLive')}"
        for name, described, found in await _made(patient)
        if found.get("defaultTtl") != described.get("timeToLive")
    ]
    if not wrong:
        return None
    return Complaint(
        f"items expire otherwise than they should: {wrong}",
        "set the time to live of the container as names.json has it; none means Off",
    )


async def indexes(patient: Patient) -> Complaint | None:
    """See that queries have their composite indexes: without them they are refused."""
    wrong = [
        name
        for name, described, found in await _made(patient)
        if _composites(described.get("indexingPolicy")) - _composites(found.get("indexingPolicy"))
    ]
    if not wrong:
        return None
    return Complaint(
        f"{', '.join(wrong)} lacks composite indexes of names.json: its queries are refused",
        "write the indexing policy of names.json into the container (`azd provision`)",
    )


async def leases(patient: Patient) -> Complaint | None:
    """See that one publisher holds the leases, that these cover the container, and that nobody else is there."""
    prefix, held = patient.names["leasePrefix"], patient.database.get_container_client("leases")
    events = patient.database.get_container_client("events")
    ids = [str(one) async for one in held.query_items(_LEASES)]
    strangers = [one for one in ids if not one.startswith(prefix)]
    if strangers:
        return Complaint(
            f"the leases hold what is not the publisher's: {strangers[:3]}",
            f"give whoever writes them a container of its own; ours begin with {prefix!r}",
        )
    faults = await CosmosLeases(held, events, prefix, patient.now).faults()
    if faults:
        return Complaint(
            "; ".join(fault.wrong for fault in faults), "; ".join(fault.mend for fault in faults)
        )
    rid = (await events.read())["_rid"]
    if not any(f"_{rid}.." in one for one in ids):
        return Complaint(
            "the publisher holds no lease: it has never run",
            "look whether the function single_publisher is there, enabled, and may use the leases",
        )
    return None


async def _read(patient: Patient, name: str) -> Mapping[str, Any] | None:
    try:
        return await patient.database.get_container_client(name).read()
    except CosmosResourceNotFoundError:
        return None


async def _made(patient: Patient) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Give each container that is there: its name, how it is described, how it was made."""
    described = patient.names["containers"]
    found = {name: await _read(patient, name) for name in described}
    return [(name, described[name], one) for name, one in found.items() if one is not None]


def _unique(made: Mapping[str, Any]) -> list[str]:
    keys = (made.get("uniqueKeyPolicy") or {}).get("uniqueKeys") or []
    return sorted(path for key in keys for path in key["paths"])


def _composites(policy: Mapping[str, Any] | None) -> set[Sequence[tuple[str, str]]]:
    return {
        tuple((part["path"], part.get("order", "ascending")) for part in index)
        for index in (policy or {}).get("compositeIndexes") or []
    }
