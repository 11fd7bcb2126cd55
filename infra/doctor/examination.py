"""All checks, one after another; what cannot be checked is a complaint too."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
from azure.core.exceptions import AzureError
from azure.eventhub.exceptions import EventHubError

from infra.doctor import api, apps, archive, log, package, store
from infra.doctor.patient import Check, Complaint, Finding, Patient, Unasked
from shared.kernel.errors import OnewriteError

CHECKS: Final[Mapping[str, Check]] = {
    "functions": package.functions,
    "retry policies": package.retry_policies,
    "schedules": package.schedules,
    "dates": package.dates,
    "strong store": store.strong_store,
    "containers": store.containers,
    "partition keys": store.partition_keys,
    "unique key": store.unique_key,
    "nothing expires": store.nothing_expires,
    "indexes": store.indexes,
    "leases": store.leases,
    "partitions": log.partitions,
    "consumer groups": log.consumer_groups,
    "retention": log.retention,
    "archive": archive.archive,
    "apps": apps.apps,
    "health": api.health,
    "clocks": api.clocks,
    "rights": api.rights,
    "handshake": api.handshake,
    "parked": api.parked,
    "lag": api.lag,
}


async def examine(
    patient: Patient, checks: Mapping[str, Check] = CHECKS
) -> AsyncIterator[tuple[str, Finding]]:
    """Run checks in the order of the flow; gives each by its name, and what it comes to."""
    for name, check in checks.items():
        try:
            yield name, await check(patient)
        except (
            Unasked,
            OnewriteError,
            AzureError,
            EventHubError,
            aiohttp.ClientError,
            TimeoutError,
        ) as error:
            why = str(error) or type(error).__name__
            yield (
                name,
                Complaint(f"it cannot be checked: {why}", "mend what cannot be reached first"),
            )
