"""The deployments to look at: each combination that the documentation names, and what can be set beside."""

from itertools import product
from typing import Any, Final

SOME: Final[dict[str, Any]] = {"environmentName": "some", "location": "westeurope"}
WEBHOOK: Final = {
    "origins": "eventgrid.azure.net",
    "subscriptions": "partners",
    "senders": "carrier = /carriers/fast | com.example.carrier.*",
    "audience": "api://00001111-aaaa-2222-bbbb-3333cccc4444",
    "secretsUri": "https://some.vault.azure.net/secrets/webhook",
    "vaultGroup": "",
}
ACTORS: Final = {
    "audience": "api://22223333-cccc-4444-dddd-5555eeee6666",
    "issuer": "",
    "keys": "",
    "claim": "",
}
OTHER_ACTORS: Final = {
    "audience": "clinic",
    "issuer": "https://login.example.com",
    "keys": "https://login.example.com/keys",
    "claim": "email",
}
POLLED: Final = {
    "feeds": "carrier = https://carrier.example/feed | /carriers/* | com.example.carrier.*",
    "secretsUri": "https://some.vault.azure.net/secrets/polled",
}
CLOSED: Final[dict[str, Any]] = {
    **SOME,
    "split": True,
    "privateNetworking": True,
    "zoneRedundant": True,
    "webhook": WEBHOOK,
    "polled": POLLED,
    "actorTokens": ACTORS,
    "browserOrigins": "https://shop.example,https://till.example",
    "console": "off",
}
FRONTED: Final[dict[str, Any]] = {
    **SOME,
    "staging": True,
    "stagingWeight": 50,
    "frontDoor": "Standard_AzureFrontDoor",
    "rateLimit": 600,
    "signIn": {"clientId": "44445555-eeee-6666-ffff-7777aaaa8888", "anonymous": "yes"},
    "budget": 500,
    "budgetFrom": "2026-12-01",
    "alertWebhook": "https://pager.example.org/hook",
}
FRONTED_SPLIT: Final[dict[str, Any]] = {
    **SOME,
    "split": True,
    "zoneRedundant": True,
    "staging": True,
    "frontDoor": "Premium_AzureFrontDoor",
    "signIn": {"clientId": "44445555-eeee-6666-ffff-7777aaaa8888", "anonymous": "no"},
    "owner": "the shop",
    "costCentre": "4711",
    "budget": 5_000,
    "budgetFrom": "2026-12-01",
    "logCapGigabytes": -1,
    "geoRedundant": True,
    "alertEmail": "operators@example.org",
    "webhook": {**WEBHOOK, "vaultGroup": "rg-vaults"},
}
RESTORED: Final[dict[str, Any]] = {
    **SOME,
    "storeName": "other-store",
    "storeLocked": True,
    "cosmosBackup": "Continuous7Days",
    "eventHubsCapacity": 3,
    "instanceMemoryMB": 4096,
    "alwaysReady": False,
    "requestLogs": True,
    "siteUpdates": "RollingUpdate",
    "traceShare": "1.0",
    "actorTokens": OTHER_ACTORS,
    "eventsHub": "events-32",
    "eventPartitions": 32,
    "commandsHub": "commands-32",
    "commandPartitions": 32,
    "cosmosCapacity": "autoscale",
    "eventsThroughput": 10_000,
    "viewsThroughput": 6_000,
    "othersThroughput": 2_000,
    "eventHubsMaximumCapacity": 20,
    "maximumInstanceCount": 200,
    "httpConcurrency": 32,
    "pollDelay": 250,
    "sweepSchedule": "0 * * * * *",
    "captureRetentionDays": 400,
    "logRetentionDays": 90,
    "alertSms": "+49 1701234567",
}


def combinations() -> dict[str, dict[str, Any]]:
    """Returns one or three apps, each capacity of the store, either network, with and without zones."""
    found = {}
    for split, capacity, closed, zones in product(
        (False, True), ("serverless", "autoscale"), (False, True), (False, True)
    ):
        name = "-".join(
            (
                "three" if split else "one",
                capacity,
                "private" if closed else "public",
                *(["zones"] if zones else []),
            )
        )
        found[name] = {
            **SOME,
            "split": split,
            "cosmosCapacity": capacity,
            "privateNetworking": closed,
            "zoneRedundant": zones,
        }
    return found


def every() -> dict[str, dict[str, Any]]:
    """Returns the combinations, a deployment with every other setting, and those in which writers are stopped."""
    stopped = {
        f"{apps}-{writers}": {**SOME, "split": apps == "three", "writers": writers}
        for apps in ("one", "three")
        for writers in ("draining", "off")
    }
    others = {
        "closed": CLOSED,
        "restored": RESTORED,
        "fronted": FRONTED,
        "fronted-split": FRONTED_SPLIT,
    }
    return {**combinations(), **stopped, **others}
