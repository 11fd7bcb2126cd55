"""What must be so around the apps in every deployment: who comes in, who pays, what things are called."""

import re
from fnmatch import fnmatchcase
from typing import Any

from tests.infra.checks import BLOBS
from tests.infra.clouds import APPS, Cloud, functions

# The abbreviations of the Cloud Adoption Framework; a store that is there cannot be renamed, so `cosmos` stays.
ABBREVIATIONS = {
    "Cdn/profiles": "afd-",
    "Cdn/profiles/afdEndpoints": "fde-",
    "Consumption/budgets": "budget-",
    "DocumentDB/databaseAccounts": "cosmos-",
    "EventGrid/topics": "evgt-",
    "EventHub/namespaces": "evhns-",
    "Insights/actionGroups": "ag-",
    "Insights/components": "appi-",
    "ManagedIdentity/userAssignedIdentities": "id-",
    "Network/FrontDoorWebApplicationFirewallPolicies": "fdfp",
    "Network/networkSecurityGroups": "nsg-",
    "Network/privateEndpoints": "pep-",
    "Network/virtualNetworks": "vnet-",
    "OperationalInsights/workspaces": "log-",
    "Resources/resourceGroups": "rg-",
    "Storage/storageAccounts": "st",
    "Web/serverfarms": "asp-",
    "Web/sites": "func-",
}
MACHINES = ("health", "operations/", "webhooks")
KEY_VAULT_SECRETS_USER = "4633458b-17de-408a-b875-0445c86b69e6"


def names_begin_with_the_abbreviation_of_what_they_are(cloud: Cloud) -> None:
    for one in cloud.resources:
        begin = ABBREVIATIONS.get(one.kind.removeprefix("Microsoft."))
        assert begin is None or one.body["name"].startswith(begin), one.id


def everything_says_whose_it_is(cloud: Cloud) -> None:
    given = cloud.parameters
    wanted = {
        "application": "onewrite",
        "environment": given["environmentName"],
        **({"owner": given["owner"]} if "owner" in given else {}),
        **({"cost-centre": given["costCentre"]} if "costCentre" in given else {}),
    }
    for one in cloud.resources:
        if "location" in one.body:
            assert wanted.items() <= one.body["tags"].items(), one.id
            assert ("owner" in one.body["tags"]) is ("owner" in given)


def what_it_may_cost_is_watched_when_it_is_said(cloud: Cloud) -> None:
    found = [one for one in cloud.resources if one.kind == "Microsoft.Consumption/budgets"]
    asked = cloud.parameters.get("budget", 0)
    assert [one.properties["amount"] for one in found] == ([asked] if asked else [])
    for one in found:
        assert one.properties["timePeriod"]["startDate"].endswith("-01")
        told = one.properties["notifications"].values()
        teams = [team.id for team in cloud.resources if team.kind.endswith("/actionGroups")]
        assert teams, "Azure takes a budget of a group only with an address or an action group"
        assert all(each["contactGroups"] == teams for each in told)
        assert all(each["contactRoles"] == ["Owner"] for each in told)
        assert {each["thresholdType"] for each in told} == {"Forecasted", "Actual"}
        assert set(teams) <= one.after
    cap = cloud.one("OperationalInsights/workspaces").properties["workspaceCapping"]
    assert cap["dailyQuotaGb"] == cloud.parameters.get("logCapGigabytes", 10)


def storage_is_spread_as_it_should_be(cloud: Cloud) -> None:
    zones = cloud.parameters.get("zoneRedundant", False)
    far = cloud.parameters.get("geoRedundant", False)
    archives = {one.id.partition("/blobServices")[0] for one in cloud.of(BLOBS)
                if one.body["name"] == "capture"}  # fmt: skip
    for account in cloud.of("Storage/storageAccounts"):
        kept = "G" if far and account.id in archives else ""
        spread = "ZRS" if zones else "RS" if kept else "LRS"
        assert account.body["sku"]["name"] == f"Standard_{kept}{spread}"


def each_app_may_read_its_secrets_and_no_others(cloud: Cloud) -> None:
    webhook = cloud.parameters.get("webhook", {"secretsUri": ""})
    polled = cloud.parameters.get("polled", {"secretsUri": ""})
    granted = [
        one for one in cloud.of("Authorization/roleAssignments") if _is_of_a_vault(one.scope)
    ]
    read = {"webhook": webhook, "polling": polled}
    wanted = [
        (site, function)
        for site, here, _ in cloud.apps()
        for function, given in read.items()
        if function in here and given["secretsUri"]
    ]

    assert len(granted) == len(wanted)
    for one, (site, function) in zip(granted, wanted, strict=True):
        group = webhook["vaultGroup"] or "rg-some"
        vault = f"/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/some"
        secret = read[function]["secretsUri"].rpartition("/")[2]
        assert str(one.scope).endswith(f"{vault}/secrets/{secret}")
        assert one.properties["principalId"] == f"{cloud.identity(site)}.properties.principalId"
        assert one.properties["roleDefinitionId"].endswith(KEY_VAULT_SECRETS_USER)


def _is_of_a_vault(scope: str | None) -> bool:
    return "/Microsoft.KeyVault/" in (scope or "")


def staging_answers_and_decides_and_nothing_follows_in_it(cloud: Cloud) -> None:
    found = [(site, here) for site, here, _ in cloud.apps() if "func-staging" in site.name]
    assert bool(found) == bool(cloud.parameters.get("staging"))
    for site, here in found:
        assert here <= {*APPS["command_api"]["functions"], "without_route"}
        assert "command" in here or cloud.parameters.get("writers", "on") != "on"
        assert site.name in cloud.outputs["ONEWRITE_STAGING_API"]
        assert site.name not in cloud.outputs["ONEWRITE_API"]


def the_front_door_is_the_only_way_to_the_api(cloud: Cloud) -> None:
    fronted = cloud.parameters.get("frontDoor", "none") != "none"
    doors = [one for one in cloud.resources if one.kind == "Microsoft.Cdn/profiles"]
    assert len(doors) == fronted
    for site, here, _ in cloud.apps():
        configured = site.properties["siteConfig"]
        closed = fronted and "view" in here
        assert configured["ipSecurityRestrictionsDefaultAction"] == ("Deny" if closed else "Allow")
        tags = {one["ipAddress"]: one for one in configured["ipSecurityRestrictions"]}
        others = {"AzureEventGrid", "ApplicationInsightsAvailability"}
        assert tags.keys() == ({"AzureFrontDoor.Backend", *others} if closed else set())
        if closed:
            (mine,) = tags["AzureFrontDoor.Backend"]["headers"]["x-azure-fdid"]
            assert mine == f"{doors[0].id}.properties.frontDoorId"


def the_front_door_limits_clients_and_asks_apps_by_their_own_host(cloud: Cloud) -> None:
    if cloud.parameters.get("frontDoor", "none") == "none":
        return
    firewall = cloud.one("Network/FrontDoorWebApplicationFirewallPolicies")
    (rule,) = firewall.properties["customRules"]["rules"]
    assert (rule["ruleType"], rule["action"]) == ("RateLimitRule", "Block")
    # A rule must say which requests; each has a header `Host`, of whatever size.
    (every,) = rule["matchConditions"]
    assert (every["matchVariable"], every["selector"]) == ("RequestHeader", "Host")
    assert (every["operator"], every["matchValue"]) == ("GreaterThanOrEqual", ["0"])
    assert rule["rateLimitDurationInMinutes"] == 1
    assert rule["rateLimitThreshold"] == cloud.parameters.get("rateLimit", 1000)
    assert firewall.properties["policySettings"]["customBlockResponseStatusCode"] == 429
    assert re.fullmatch(r"[a-z0-9]+", firewall.name)
    policy = cloud.one("Cdn/profiles/securityPolicies").properties["parameters"]
    assert policy["wafPolicy"]["id"] == firewall.id
    assert policy["associations"][0]["domains"] == [
        {"id": cloud.one("Cdn/profiles/afdEndpoints").id}
    ]
    origins = {one.body["name"]: one for one in cloud.of("Cdn/profiles/originGroups/origins")}
    weight = cloud.parameters.get("stagingWeight", 0) if cloud.parameters.get("staging") else 0
    weights = {name: one.properties["weight"] for name, one in origins.items()}
    assert weights == {"api": 1000, **({"staging": weight} if weight else {})}
    for name, one in origins.items():
        assert one.properties["originHostHeader"] == one.properties["hostName"]
        address = cloud.outputs["ONEWRITE_STAGING_API" if name == "staging" else "ONEWRITE_API"]
        assert one.properties["hostName"] in address
    route = cloud.one("Cdn/profiles/afdEndpoints/routes")
    assert route.properties["patternsToMatch"] == ["/api/*"]
    assert "cacheConfiguration" not in route.properties, "the API says what may be kept"
    assert {one.id for one in origins.values()} <= route.after
    group = cloud.one("Cdn/profiles/originGroups").properties
    assert group["healthProbeSettings"]["probePath"] == "/api/health"


def _left_out(path: str, validation: dict[str, Any]) -> bool:
    """Whether the platform lets a path pass: each is that path alone, unless it ends with `/*`."""
    return any(fnmatchcase(path, one) for one in validation["excludedPaths"])


def the_platform_signs_in_who_calls_the_api_when_it_should(cloud: Cloud) -> None:
    given = cloud.parameters.get("signIn", {"clientId": ""})
    found = {one.id.rpartition("/config")[0]: one.properties for one in cloud.resources
             if one.kind == "Microsoft.Web/sites/config"}  # fmt: skip
    apis = {site.id for site, here, _ in cloud.apps() if "view" in here}

    assert found.keys() == (apis if given["clientId"] else set())
    for one in found.values():
        validation = one["globalValidation"]
        anonymous = given["anonymous"] == "yes"
        assert validation["requireAuthentication"] is not anonymous
        others = "AllowAnonymous" if anonymous else "Return401"
        assert validation["unauthenticatedClientAction"] == others
        # Operators and machines come with keys, tokens and secrets that the host and the code know.
        routes = {one["route"] for _, one in functions().values() if "route" in one}
        left_out = {path for path in routes if _left_out(f"/api/{path}", validation)}
        assert left_out == {path for path in routes if path.startswith(MACHINES)}
        assert _left_out("/runtime/webhooks/eventgrid", validation)
        entra = one["identityProviders"]["azureActiveDirectory"]
        assert entra["registration"]["clientId"] == given["clientId"]
        assert entra["registration"]["openIdIssuer"].endswith("/v2.0")
        assert given["clientId"] in entra["validation"]["allowedAudiences"]
        direct = cloud.parameters.get("frontDoor", "none") == "none"
        proxy = "NoProxy" if direct else "Standard"
        assert one["httpSettings"]["forwardProxy"]["convention"] == proxy
