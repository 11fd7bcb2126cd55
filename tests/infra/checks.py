"""What must be so of the data in every deployment.

`test_deployments.py` holds the deployments to it; `test_broken.py` shows that each of these can fail.
"""

from collections import Counter
from typing import Any

from tests.infra.bicep.resources import Later
from tests.infra.clouds import DESCRIBED, Cloud

CONTAINERS = "DocumentDB/databaseAccounts/sqlDatabases/containers"
# Hours: from Friday evening, when nobody looks any more, to Tuesday, when it has been mended.
LONGEST_STANDSTILL = 96
BLOBS = "Storage/storageAccounts/blobServices/containers"


def containers_are_those_of_the_names(cloud: Cloud) -> None:
    assert (
        cloud.one("DocumentDB/databaseAccounts/sqlDatabases").body["name"] == DESCRIBED["database"]
    )
    found = {one.body["name"]: one.properties["resource"] for one in cloud.of(CONTAINERS)}

    assert found.keys() == DESCRIBED["containers"].keys()
    for name, asked in DESCRIBED["containers"].items():
        made = found[name]
        assert made["id"] == name
        assert made["partitionKey"]["paths"] == [asked["partitionKey"]]
        assert made["partitionKey"]["kind"] == "Hash"
        unique = [key["paths"] for key in made.get("uniqueKeyPolicy", {}).get("uniqueKeys", [])]
        assert unique == [[path] for path in asked.get("uniqueKeys", [])]
        assert made.get("indexingPolicy") == asked.get("indexingPolicy")
        assert made.get("defaultTtl") == asked.get("timeToLive")


def the_store_is_strong_and_knows_identities_alone(cloud: Cloud) -> None:
    account = cloud.one("DocumentDB/databaseAccounts").properties

    assert account["consistencyPolicy"]["defaultConsistencyLevel"] == "Strong"
    assert account["enableMultipleWriteLocations"] is False
    assert account["enableAutomaticFailover"] is False
    assert len(account["locations"]) == 1
    assert account["backupPolicy"]["type"] == "Continuous"
    assert account["disableLocalAuth"] is True
    assert account["disableKeyBasedMetadataWriteAccess"] is True
    assert account["minimalTlsVersion"] == "Tls12"


def throughput_is_serverless_or_of_each_container(cloud: Cloud) -> None:
    autoscaled = cloud.parameters.get("cosmosCapacity") == "autoscale"
    account = cloud.one("DocumentDB/databaseAccounts").properties

    assert account["capabilities"] == ([] if autoscaled else [{"name": "EnableServerless"}])
    for one in cloud.of(CONTAINERS):
        most = one.properties["options"].get("autoscaleSettings", {}).get("maxThroughput", 0)
        assert (most >= 1000) is autoscaled


def hubs_and_groups_are_those_of_the_names(cloud: Cloud) -> None:
    hubs = cloud.of("EventHub/namespaces/eventhubs")
    groups = cloud.of("EventHub/namespaces/eventhubs/consumergroups")

    given, described = cloud.parameters, DESCRIBED["hubs"]
    known = {
        given.get("eventsHub", "events"): ("events", given.get("eventPartitions", 16)),
        given.get("commandsHub", "commands"): ("commands", given.get("commandPartitions", 16)),
    }
    assert {one.body["name"]: one.properties["partitionCount"] for one in hubs} == {
        name: partitions for name, (_, partitions) in known.items()
    }
    for one in hubs:
        kept = one.properties["retentionDescription"]
        assert kept["cleanupPolicy"] == "Delete"
        hub = known[one.body["name"]][0]
        assert kept["retentionTimeInHours"] == described[hub]["retentionHours"]
        assert kept["retentionTimeInHours"] >= LONGEST_STANDSTILL
    assert Counter(tuple(one.name.split("/")[1:]) for one in groups) == Counter(
        (name, group)
        for name, (hub, _) in known.items()
        for group in described[hub]["consumerGroups"]
    )


def the_log_is_captured_and_knows_identities_alone(cloud: Cloud) -> None:
    namespace = cloud.one("EventHub/namespaces")
    captured = {
        one.body["name"]: one.properties["captureDescription"]
        for one in cloud.of("EventHub/namespaces/eventhubs")
        if one.properties["captureDescription"]
    }

    log = cloud.parameters.get("eventsHub", "events")
    assert list(captured) == [log]
    window = captured[log] | DESCRIBED["hubs"]["events"]["capture"]
    assert captured[log] == window
    assert window["skipEmptyArchives"] is True
    assert 60 <= window["intervalInSeconds"] <= 900
    assert 10 << 20 <= window["sizeLimitInBytes"] <= 500 << 20
    destination = captured[log]["destination"]
    assert destination["identity"]["type"] == namespace.body["identity"]["type"] == "SystemAssigned"
    assert destination["properties"]["blobContainer"] in _folders(cloud)
    assert namespace.body["sku"]["name"] == "Standard"
    assert namespace.properties["disableLocalAuth"] is True
    assert namespace.properties["minimumTlsVersion"] == "1.2"
    _may_write_to(cloud, namespace.id, destination["properties"]["blobContainer"])


def the_topic_takes_cloud_events_of_identities_alone(cloud: Cloud) -> None:
    topic = cloud.one("EventGrid/topics")

    assert topic.properties["inputSchema"] == "CloudEventSchemaV1_0"
    assert topic.properties["disableLocalAuth"] is True
    assert topic.properties["minimumTlsVersionAllowed"] == "1.2"
    assert topic.body["identity"]["type"] == "SystemAssigned"
    _may_write_to(cloud, topic.id, cloud.outputs["ONEWRITE_DEAD_LETTER_CONTAINER"])


def storage_and_telemetry_know_identities_alone(cloud: Cloud) -> None:
    for account in cloud.of("Storage/storageAccounts"):
        assert account.properties["allowSharedKeyAccess"] is False
        assert account.properties["allowBlobPublicAccess"] is False
        assert account.properties["minimumTlsVersion"] == "TLS1_2"
    assert cloud.one("Insights/components").properties["DisableLocalAuth"] is True
    workspace = cloud.one("OperationalInsights/workspaces")
    assert workspace.properties["features"]["disableLocalAuth"] is True


def everything_reports(cloud: Cloud) -> None:
    watched = {one.scope for one in cloud.of("Insights/diagnosticSettings")}

    for kind in (
        "DocumentDB/databaseAccounts",
        "EventHub/namespaces",
        "EventGrid/topics",
        "Web/sites",
    ):
        assert {one.id for one in cloud.of(kind)} <= watched
    assert {one.id for one in cloud.of("Storage/storageAccounts/blobServices")} <= watched
    for one in cloud.of("Insights/diagnosticSettings"):
        assert one.properties["workspaceId"] == cloud.one("OperationalInsights/workspaces").id


def what_is_looked_up_by_name_is_made_before(cloud: Cloud) -> None:
    made = {one.id for one in cloud.resources}
    needed = [(one.id, user) for one in cloud.lookups if one.id in made for user in one.users]

    assert needed
    for id_, user in needed:
        assert id_ in user.after, f"{user.id} is made before {id_}"


def roles_of_the_store_are_made_one_after_another(cloud: Cloud) -> None:
    kinds = ("sqlRoleDefinitions", "sqlRoleAssignments")
    roles = [one for kind in kinds for one in cloud.of(f"DocumentDB/databaseAccounts/{kind}")]

    assert len(roles) > 10
    for number, one in enumerate(roles):
        for other in roles[:number]:
            assert one.id in other.after or other.id in one.after, f"{one.id} beside {other.id}"


def names_are_known_before_anything_is_made(cloud: Cloud) -> None:
    for one in cloud.resources:
        assert not isinstance(one.body["name"], Later), one.id


def everything_is_tagged(cloud: Cloud) -> None:
    for one in cloud.resources:
        if "location" in one.body:
            assert one.body["tags"]["azd-env-name"] == "some", one.id


def data_is_closed_when_it_should_be(cloud: Cloud) -> None:
    closed = cloud.parameters.get("privateNetworking", False)
    kinds = ("DocumentDB/databaseAccounts", "EventHub/namespaces", "EventGrid/topics")
    data = [one for kind in (*kinds, "Storage/storageAccounts") for one in cloud.of(kind)]

    for one in data:
        assert one.properties["publicNetworkAccess"] == ("Disabled" if closed else "Enabled")
    if not closed:
        return
    doors = cloud.of("Network/privateEndpoints")
    reached = {_connection(one)["privateLinkServiceId"] for one in doors}
    assert {one.id for one in data} == reached
    named = {one.id.rpartition("/privateDnsZoneGroups")[0] for one in _zone_groups(cloud)}
    assert {one.id for one in doors} == named
    zones = {one.id for one in cloud.of("Network/privateDnsZones")}
    linked = {one.id.partition("/virtualNetworkLinks")[0] for one in _links(cloud)}
    used = {
        one.properties["privateDnsZoneConfigs"][0]["properties"]["privateDnsZoneId"]
        for one in _zone_groups(cloud)
    }
    assert zones == linked == used
    for site, _, _ in cloud.apps():
        assert site.properties["virtualNetworkSubnetId"].endswith("/subnets/apps")


def _connection(door: Any) -> dict[str, Any]:
    (found,) = door.properties["privateLinkServiceConnections"]
    properties: dict[str, Any] = found["properties"]
    return properties


def _zone_groups(cloud: Cloud) -> list[Any]:
    return cloud.of("Network/privateEndpoints/privateDnsZoneGroups")


def _links(cloud: Cloud) -> list[Any]:
    return cloud.of("Network/privateDnsZones/virtualNetworkLinks")


def _folders(cloud: Cloud) -> set[str]:
    return {one.body["name"] for one in cloud.of(BLOBS)}


def _may_write_to(cloud: Cloud, who: str, folder: str) -> None:
    mine = [
        one
        for one in cloud.of("Authorization/roleAssignments")
        if one.properties["principalId"].startswith(f"{who}.")
    ]
    assert [one.scope.endswith(f"/containers/{folder}") for one in mine if one.scope] == [True]
    assert mine[0].properties["roleDefinitionId"].endswith("ba92f5b4-2d11-453d-a403-e96b0029c9fe")
