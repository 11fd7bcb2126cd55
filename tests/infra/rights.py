"""Who may do what, read out of the role assignments, and held against what the code does."""

from collections.abc import Iterator

from infra.doctor.apps import EVERYWHERE
from shared.adapters import names
from tests.infra.clouds import DESCRIBED, Cloud, functions
from tests.infra.needs import needs, together

ROLES = {
    "2b629674-e913-4c01-ae53-ef4638d8f975": "send",
    "a638d3c7-ab3a-418d-83e6-5f17a39d4fde": "receive",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "read",
    "d5a91429-5739-47e2-a06b-3470a27159e7": "notify",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "host blobs",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "host queues",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "host tables",
    "3913510d-42f4-4e42-8a64-420c390055eb": "report",
}
# What every app may do for the host that it runs in.
COMMON: dict[str, set[str]] = {
    "account": {"metadata"},
    "storageAccounts": {"host blobs", "host queues", "host tables"},
    "components": {"report"},
}
BUILT_IN = {
    "00000000-0000-0000-0000-000000000001": "read",
    "00000000-0000-0000-0000-000000000002": "write",
}
CHANGES = {"replace", "upsert", "delete", "patch"}


def rights_of(cloud: Cloud, identity: str) -> dict[str, set[str]]:
    """Give what an identity may do, by what it may do it with: `events`, `hub events`, `topic`, …"""
    found: dict[str, set[str]] = {}
    for what, right in (*_store(cloud, identity), *_services(cloud, identity)):
        found.setdefault(what, set()).add(right)
    return found


def _store(cloud: Cloud, identity: str) -> Iterator[tuple[str, str]]:
    account = cloud.one("DocumentDB/databaseAccounts").id
    own = {
        one.id: one.properties["roleName"].removeprefix("Onewrite ")
        for one in cloud.of("DocumentDB/databaseAccounts/sqlRoleDefinitions")
    }
    for one in cloud.of("DocumentDB/databaseAccounts/sqlRoleAssignments"):
        if not _is(one.properties["principalId"], identity):
            continue
        definition, scope = one.properties["roleDefinitionId"], one.properties["scope"]
        right = own.get(definition) or BUILT_IN[definition.rpartition("/")[2]]
        database = f"{account}/dbs/{DESCRIBED['database']}/colls/"
        yield scope.removeprefix(database) if scope != account else "account", right


def _services(cloud: Cloud, identity: str) -> Iterator[tuple[str, str]]:
    for one in cloud.of("Authorization/roleAssignments"):
        if not _is(one.properties["principalId"], identity):
            continue
        assert one.scope, "a role on the whole resource group"
        if "/Microsoft.KeyVault/" in one.scope:
            # Looked at by itself: edges.py.
            continue
        kind, name = one.scope.split("/")[-2:]
        assert one.properties["principalType"] == "ServicePrincipal"
        right = ROLES[one.properties["roleDefinitionId"].rpartition("/")[2]]
        what = f"hub {cloud.hub(name)}" if kind == "eventhubs" else kind
        yield {"topics": "topic", "containers": "archive"}.get(what, what), right


def _is(principal: str, identity: str) -> bool:
    return principal == f"{identity}.properties.principalId"


def apps_may_do_what_their_code_asks_for_and_no_more(cloud: Cloud) -> None:
    for site, here, _ in cloud.apps():
        roles = {functions()[name][0] for name in here - EVERYWHERE}
        asked = together(needs(role) for role in roles)

        assert rights_of(cloud, cloud.identity(site)) == {**asked, **COMMON}


def nobody_may_change_or_delete_a_commit(cloud: Cloud) -> None:
    for site, _, _ in cloud.apps():
        assert rights_of(cloud, cloud.identity(site))[names.EVENTS] <= {"append", "read"}
    for one in cloud.of("DocumentDB/databaseAccounts/sqlRoleDefinitions"):
        (permission,) = one.properties["permissions"]
        actions = {action.rpartition("/")[2] for action in permission["dataActions"]}
        assert actions <= {"readMetadata", "executeQuery", "readChangeFeed", "create", "read"}
        assert not actions & CHANGES


def rights_are_on_what_there_is(cloud: Cloud) -> None:
    known = {
        *DESCRIBED["containers"],
        *(f"hub {hub}" for hub in DESCRIBED["hubs"]),
        *("account", "topic", "archive", "storageAccounts", "components"),
    }
    for site, _, _ in cloud.apps():
        assert rights_of(cloud, cloud.identity(site)).keys() <= known


def each_app_has_an_identity_of_its_own(cloud: Cloud) -> None:
    sites = [site for site, _, _ in cloud.apps()]

    assert len({cloud.identity(site) for site in sites}) == len(sites)


def apps_start_when_they_have_their_rights(cloud: Cloud) -> None:
    granted = cloud.of("DocumentDB/databaseAccounts/sqlRoleAssignments")
    granted += cloud.of("Authorization/roleAssignments")
    for site, _, _ in cloud.apps():
        own = {
            one.id for one in granted if _is(one.properties["principalId"], cloud.identity(site))
        }

        assert own <= site.after


def no_grant_is_made_twice(cloud: Cloud) -> None:
    made = [one.id for one in cloud.resources]
    assert len(made) == len(set(made))
