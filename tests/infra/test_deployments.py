"""Every way to deploy, held to what must be so; and what the names cannot say."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra.indexes import own
from infra.local.stack import ROOT
from infra.names import own_of
from shared.adapters import wiring
from shared.adapters.azure_rights import RIGHTS
from shared.adapters.names import VIEWS
from shared.domain.shop.views.stock import stock
from shared.kernel import ports
from tests.infra import apps, checks, edges, rights
from tests.infra.bicep.deployment import Deployment
from tests.infra.bicep.functions import SUBSCRIPTION
from tests.infra.bicep.parameters import SOME
from tests.infra.clouds import ALL, APPS, Cloud, broken, cloud, functions
from tests.infra.needs import OF_THE_PROCESS, PORTS, needs

CHECKS: list[Callable[[Cloud], None]] = [
    checks.containers_are_those_of_the_names,
    checks.the_store_is_strong_and_knows_identities_alone,
    checks.throughput_is_serverless_or_of_each_container,
    checks.hubs_and_groups_are_those_of_the_names,
    checks.the_log_is_captured_and_knows_identities_alone,
    checks.the_topic_takes_cloud_events_of_identities_alone,
    checks.storage_and_telemetry_know_identities_alone,
    apps.every_function_runs_in_one_app,
    apps.what_may_not_wake_up_is_always_ready,
    apps.apps_run_this_python_and_finish_what_they_hold,
    apps.browsers_may_call_the_api_alone_and_only_from_pages_that_are_named,
    apps.settings_are_those_that_the_code_reads,
    apps.the_webhook_is_told_whom_to_believe,
    apps.feeds_of_others_are_named_where_they_are_followed,
    apps.the_console_is_served_unless_it_is_switched_off,
    apps.the_api_alone_is_told_whose_tokens_say_who_asks,
    apps.nothing_is_a_secret,
    checks.everything_reports,
    checks.what_is_looked_up_by_name_is_made_before,
    checks.roles_of_the_store_are_made_one_after_another,
    checks.names_are_known_before_anything_is_made,
    checks.everything_is_tagged,
    checks.data_is_closed_when_it_should_be,
    edges.names_begin_with_the_abbreviation_of_what_they_are,
    edges.everything_says_whose_it_is,
    edges.what_it_may_cost_is_watched_when_it_is_said,
    edges.storage_is_spread_as_it_should_be,
    edges.each_app_may_read_its_secrets_and_no_others,
    edges.staging_answers_and_decides_and_nothing_follows_in_it,
    edges.the_front_door_is_the_only_way_to_the_api,
    edges.the_front_door_limits_clients_and_asks_apps_by_their_own_host,
    edges.the_platform_signs_in_who_calls_the_api_when_it_should,
    rights.apps_may_do_what_their_code_asks_for_and_no_more,
    rights.nobody_may_change_or_delete_a_commit,
    rights.rights_are_on_what_there_is,
    rights.each_app_has_an_identity_of_its_own,
    rights.apps_start_when_they_have_their_rights,
    rights.no_grant_is_made_twice,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_deployed(check: Callable[[Cloud], None]) -> None:
    for name in ALL:
        try:
            check(cloud(name))
        except AssertionError as error:
            error.add_note(f"in the deployment {name!r}")
            raise


def test_every_function_is_listed_with_its_app() -> None:
    listed = {folder: app["functions"] for folder, app in APPS.items()}

    assert listed == apps.functions_of_folders(), "the blueprints have other functions"


def test_every_port_that_a_role_can_open_is_known_for_what_it_asks() -> None:
    opened = {
        name
        for name, one in vars(wiring).items()
        if not name.startswith("_") and getattr(one, "__module__", "") == wiring.__name__
    }

    assert opened == PORTS.keys() | OF_THE_PROCESS
    for port in PORTS.values():
        assert port.more.keys() <= {name for kind in vars(ports).values() for name in dir(kind)}


def test_each_role_tries_every_right_that_can_be_tried_without_a_trace() -> None:
    for role, tried in RIGHTS.items():
        needed = {
            f"{what.removeprefix('hub ')}:{one}"
            for what in needs(role)
            for one in needs(role)[what]
        }
        assert set(tried) == needed - {"topic:notify"}, role


def test_the_address_of_the_api_is_that_of_the_app_with_the_commands() -> None:
    for name in ALL:
        (api,) = (
            site
            for site, here, _ in cloud(name).apps()
            if "stream" in here and "-staging-" not in site.name
        )
        assert api.name in cloud(name).outputs["ONEWRITE_API"]


def test_a_webhook_is_subscribed_with_a_token_and_a_place_for_what_it_never_takes() -> None:
    webhook = {
        "url": "https://example.org/hook",
        "types": [],
        "tenantId": "t",
        "applicationId": "a",
    }
    (made,) = Deployment(
        ROOT / "infra" / "event-subscriptions.bicep",
        {
            "topicName": cloud("together").outputs["ONEWRITE_TOPIC"],
            "deadLetterAccountName": cloud("together").outputs["ONEWRITE_DEAD_LETTER_ACCOUNT"],
            "deadLetterContainer": cloud("together").outputs["ONEWRITE_DEAD_LETTER_CONTAINER"],
            "webhooks": {"orders": webhook},
        },
        f"{SUBSCRIPTION}/resourceGroups/rg-some",
    ).resources

    assert made.id.startswith(cloud("together").one("EventGrid/topics").id)
    assert made.properties["eventDeliverySchema"] == "CloudEventSchemaV1_0"
    assert made.properties["retryPolicy"]["maxDeliveryAttempts"] == 30
    destination = made.properties["destination"]["properties"]
    assert destination["azureActiveDirectoryTenantId"] == "t"
    dead = made.properties["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"]
    folders = {one.id for one in cloud("together").of(checks.BLOBS)}
    assert (
        f"{dead['resourceId']}/blobServices/default/containers/{dead['blobContainerName']}"
        in folders
    )


def test_a_business_beside_the_shop_has_its_own_indexes_deployed(tmp_path: Path) -> None:
    root = broken(tmp_path, "infra/main.bicep", "var names = ", "var names = ")
    own_of(root).write_text(own([replace(stock, sorts=("received",))]))

    (views,) = (one for one in Cloud(SOME, root).of(checks.CONTAINERS) if one.body["name"] == VIEWS)

    made = views.properties["resource"]["indexingPolicy"]
    assert [index[0]["path"] for index in made["compositeIndexes"]] == ["/key", "/data/received"]
    assert made["includedPaths"] == [{"path": "/*"}]


def test_a_store_that_is_locked_cannot_be_deleted() -> None:
    locked = Cloud({**ALL["together"], "storeLocked": True})

    lock = locked.one("Authorization/locks")
    assert lock.properties["level"] == "CanNotDelete"
    assert lock.scope == locked.one("DocumentDB/databaseAccounts").id


def test_alerts_reach_somebody_when_somebody_is_named() -> None:
    told = Cloud(
        {
            **ALL["together"],
            "alertEmail": "operators@example.org",
            "alertSms": "+49 1701234567",
            "alertWebhook": "https://pager.example.org/hook",
        }
    )
    group = told.one("Insights/actionGroups").properties
    (mail,), (sms,), (pager,) = (group[f"{kind}Receivers"] for kind in ("email", "sms", "webhook"))
    assert mail["emailAddress"] == "operators@example.org"
    assert (sms["countryCode"], sms["phoneNumber"]) == ("49", "1701234567")
    assert pager["serviceUri"] == "https://pager.example.org/hook"

    team = told.one("Insights/actionGroups").id
    for alert in told.of("Insights/metricAlerts"):
        assert alert.properties["actions"] == [{"actionGroupId": team}]
    for alert in told.of("Insights/scheduledQueryRules"):
        assert alert.properties["actions"] == {"actionGroups": [team]}
    for alert in told.of("Insights/activityLogAlerts"):
        assert alert.properties["actions"] == {"actionGroups": [{"actionGroupId": team}]}


def test_a_pager_alone_is_somebody() -> None:
    told = Cloud({**ALL["closed"], "alertWebhook": "https://pager.example.org/hook"})

    assert told.one("Insights/actionGroups").properties["emailReceivers"] == []
    assert all(one.properties["actions"] for one in told.of("Insights/metricAlerts"))


@pytest.mark.parametrize("name", ["together", "closed"])
def test_health_is_asked_from_outside_wherever_the_data_is(name: str) -> None:
    """With private networking the data is closed, and the API is not: nobody else can tell that it answers."""
    closed = cloud(name)
    asked = closed.one("Insights/webtests").properties["Request"]["RequestUrl"]
    (api,) = (site for site in closed.of("Web/sites") if site.id in asked)

    assert api.properties["publicNetworkAccess"] == "Enabled"
    assert asked.endswith(f"/api/{functions()['health'][1]['route']}")
    # The test shows no key.
    assert "ANONYMOUS" in str(functions()["health"][1]["authLevel"])
    unready = [one for one in closed.of("Insights/metricAlerts") if "unready" in one.name]
    assert [one.properties["criteria"]["webTestId"] for one in unready] == [
        closed.one("Insights/webtests").id
    ]
