"""What must be so of the apps in every deployment: what runs where, kept ready for what, with which settings."""

from collections import Counter

from azure.functions import HttpMethod

from command_api.parsing import LARGEST_BODY
from consumers.webhooks.endpoint import LARGEST
from infra.doctor.apps import EVERYWHERE
from shared.adapters.archive.place import BlobPlace
from shared.adapters.connections import ADDRESSES, MANAGED, Identity, read_connection
from shared.adapters.polled_feeds import read_polled_feeds
from shared.adapters.settings import ActorSettings, Exporters, Settings, WebhookSettings
from tests.infra.clouds import DESCRIBED, Cloud, functions

STREAMS = {"cosmosDBTrigger", "eventHubTrigger"}
CONSOLE = {"console", "console_file"}
OF_SOME = ("WEBHOOK_", "POLLED_", "ACTOR_")
PLATFORM = ("AzureWebJobs", "APPLICATIONINSIGHTS_", "OTEL_", "PYTHON_", "FUNCTIONS_")


def every_function_runs_in_one_app(cloud: Cloud) -> None:
    running: Counter[str] = Counter()
    for site, here, _ in cloud.apps():
        if "-staging-" in site.name:
            # The same again for the next version: edges.py.
            continue
        running.update(here)
        folders = {functions()[name][0] for name in here - EVERYWHERE}
        if cloud.parameters.get("split"):
            assert [folder.replace("_", "-") for folder in folders] == [
                site.body["tags"]["azd-service-name"]
            ]

    apps = sum("-staging-" not in site.name for site, _, _ in cloud.apps())
    everywhere = dict.fromkeys(EVERYWHERE, apps)
    assert running == Counter(may_run(cloud)) + Counter(everywhere)


def may_run(cloud: Cloud) -> set[str]:
    """Give what runs while `writers` is what it is: all, or what lets nothing new in, or what only reads."""
    unwanted = set() if cloud.parameters.get("polled", {}).get("feeds") else {"polling"}
    if cloud.parameters.get("console", "on") == "off":
        unwanted |= CONSOLE
    triggers = {name: trigger for name, (_, trigger) in functions().items() if name not in unwanted}
    reads = {
        name
        for name, trigger in triggers.items()
        if trigger["type"] == "warmupTrigger"
        or trigger.get("methods") == [HttpMethod.GET, HttpMethod.HEAD]
        or name == "measure"
    }
    follows = {
        name
        for name, trigger in triggers.items()
        if trigger["type"] in STREAMS
        or "/parked/" in trigger.get("route", "")
        or name in {"sweep", "catch_up", "rebuild", "view_rebuild", "audit"}
    }
    now = {"on": triggers.keys(), "draining": reads | follows, "off": reads}
    return set(now[cloud.parameters.get("writers", "on")]) - EVERYWHERE


def functions_of_folders() -> dict[str, list[str]]:
    """Give the functions that the blueprints of each folder have."""
    found: dict[str, list[str]] = {}
    for name, (folder, _) in functions().items():
        if name not in EVERYWHERE:
            found.setdefault(folder, []).append(name)
    return found


def what_may_not_wake_up_is_always_ready(cloud: Cloud) -> None:
    for site, here, _ in cloud.apps():
        scale = site.properties["functionAppConfig"]["scaleAndConcurrency"]
        ready = {one["name"]: one["instanceCount"] for one in scale["alwaysReady"]}
        streams = {name for name in here if functions()[name][1]["type"] in STREAMS}

        if cloud.parameters.get("writers") != "off":
            assert {f"function:{name}" for name in streams} == ready.keys() - {"http"}
        assert min(ready.values()) >= 1
        # One alone is drained every hour, and nothing answers meanwhile.
        assert ready.get("http", 2 if "command" not in here else 0) == 2
        assert scale["triggers"]["http"]["perInstanceConcurrency"] == 64


def apps_run_this_python_and_finish_what_they_hold(cloud: Cloud) -> None:
    for site, _, _ in cloud.apps():
        configuration = site.properties["functionAppConfig"]
        assert configuration["runtime"] == {"name": "python", "version": "3.13"}
        assert configuration["siteUpdateStrategy"] == {
            "type": cloud.parameters.get("siteUpdates", "Recreate")
        }
        authentication = configuration["deployment"]["storage"]["authentication"]
        assert authentication["type"] == "UserAssignedIdentity"
        assert authentication["userAssignedIdentityResourceId"] == cloud.identity(site)
        assert site.properties["httpsOnly"] is True
        assert site.properties["siteConfig"]["minTlsVersion"] == "1.2"
    for policy in cloud.of("Web/sites/basicPublishingCredentialsPolicies"):
        assert policy.properties["allow"] is False


def browsers_may_call_the_api_alone_and_only_from_pages_that_are_named(cloud: Cloud) -> None:
    named = str(cloud.parameters.get("browserOrigins", ""))
    for site, here, _ in cloud.apps():
        cors = site.properties["siteConfig"]["cors"]

        wanted = named.split(",") if named and "command" in here else []
        assert cors == {"allowedOrigins": wanted, "supportCredentials": False}


def settings_are_those_that_the_code_reads(cloud: Cloud) -> None:
    for site, _, settings in cloud.apps():
        own = {name for name in settings if not name.startswith(PLATFORM)}
        prefixes = {name.partition("__")[0] for name in own if "__" in name}

        assert prefixes == set(DESCRIBED["connections"].values()) == ADDRESSES.keys()
        for prefix in (*prefixes, "AzureWebJobsStorage"):
            assert settings[f"{prefix}__credential"] == MANAGED
            assert settings[f"{prefix}__clientId"].startswith(cloud.identity(site))
        plain = {name for name in own if "__" not in name}
        assert {name for name in plain if not name.startswith(OF_SOME)} == {
            "CHANGE_FEED_POLL_DELAY",
            "SWEEP_SCHEDULE",
            *("ARCHIVE_CONTAINER", "ARCHIVE_NAMESPACE"),
            *("EVENTS_HUB", "EVENT_PARTITIONS", "COMMANDS_HUB", "COMMAND_PARTITIONS"),
        }
        # Azure alone knows where it runs: no cloud's suffix stands in a host's name.
        log = settings[f"{DESCRIBED['connections']['eventHubs']}__fullyQualifiedNamespace"]
        assert log.startswith(f"{cloud.one('EventHub/namespaces').id}.properties.")
        for name in ADDRESSES:
            connection = read_connection(settings, name)
            assert isinstance(connection, Identity)
            assert connection.managed
            assert connection.client_id == settings[f"{name}__clientId"]
        # Whoever is refused by the code for a body's size is refused before the host has taken much more.
        largest = max(LARGEST, LARGEST_BODY)
        assert largest < int(settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]) < 2 * largest
        read = Settings.read(settings)
        made = {
            one.body["name"]: one.properties["partitionCount"]
            for one in cloud.of("EventHub/namespaces/eventhubs")
        }
        assert made == {read.hub_name(hub): read.partitions(hub) for hub in DESCRIBED["hubs"]}
        captured = cloud.one("EventHub/namespaces").body["name"]
        assert isinstance(read.archive, BlobPlace)
        assert (read.archive.namespace, read.archive.container) == (captured, "capture")
        assert Exporters.read(settings).application_insights
        assert settings["OTEL_SERVICE_NAME"] == site.body["tags"]["azd-service-name"]
        share = Exporters.read(settings).trace_share
        assert share == float(cloud.parameters.get("traceShare", "0.02"))
        assert settings["PYTHON_ENABLE_OPENTELEMETRY"] == "true"
        # Its exporter would load another version of protobuf into the worker's process.
        assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in settings
        telemetry = settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]
        assert telemetry.startswith(f"ClientId={cloud.identity(site)}")
        assert telemetry.endswith(";Authorization=AAD")


def the_webhook_is_told_whom_to_believe(cloud: Cloud) -> None:
    for _, here, settings in cloud.apps():
        told = {name: value for name, value in settings.items() if name.startswith("WEBHOOK_")}
        assert bool(told) == ("webhook" in here)
        if "webhook" in cloud.parameters and told:
            assert told.pop("WEBHOOK_SECRETS").startswith("@Microsoft.KeyVault(SecretUri=https://")
            assert [one.name for one in WebhookSettings.read(told).senders] == ["carrier"]
            tokens = WebhookSettings.read(told).tokens
            assert tokens
            assert cloud.parameters["webhook"]["audience"] in tokens.audiences
            issuer, older = tokens.issuers
            assert issuer.startswith("https://login.microsoftonline.com/")
            assert older == f"https://sts.windows.net/{issuer.split('/')[3]}/"
            assert tokens.keys == issuer.replace("/v2.0", "/discovery/v2.0/keys")
        read = WebhookSettings.read(told)
        assert read.origins == (("eventgrid.azure.net",) if "webhook" in here else ())
        assert all(one.secrets == () for one in read.senders)


def feeds_of_others_are_named_where_they_are_followed(cloud: Cloud) -> None:
    given = cloud.parameters.get("polled", {"feeds": ""})
    running = [here for _, here, _ in cloud.apps() if "polling" in here]
    assert bool(running) == bool(given["feeds"] and cloud.parameters.get("writers", "on") == "on")
    for _, here, settings in cloud.apps():
        told = {name: value for name, value in settings.items() if name.startswith("POLLED_")}
        assert bool(told) == ("polling" in here)
        if told:
            assert told.pop("POLLED_FEEDS_SECRETS").endswith(f"(SecretUri={given['secretsUri']})")
            assert [one.name for one in read_polled_feeds(told)] == ["carrier"]


def the_console_is_served_unless_it_is_switched_off(cloud: Cloud) -> None:
    shown = CONSOLE if cloud.parameters.get("console", "on") == "on" else set()
    for _, here, _ in cloud.apps():
        assert here & CONSOLE == (shown if "docs" in here else set())


def the_api_alone_is_told_whose_tokens_say_who_asks(cloud: Cloud) -> None:
    given = cloud.parameters.get("actorTokens", {})
    for _, here, settings in cloud.apps():
        told = {name: value for name, value in settings.items() if name.startswith("ACTOR_")}
        # Who may read is asked while nobody may write, too.
        assert bool(told) == bool(given and "view" in here)
        if told:
            read = ActorSettings.read(told)
            assert read
            (issuer,) = read.tokens.issuers
            assert read.tokens.audiences == (given["audience"],)
            own = "https://login.microsoftonline.com/"
            assert issuer == given["issuer"] or (not given["issuer"] and issuer.startswith(own))
            keys = given["keys"] or issuer.replace("/v2.0", "/discovery/v2.0/keys")
            assert (read.tokens.keys, read.claim) == (keys, given["claim"] or "sub")


def nothing_is_a_secret(cloud: Cloud) -> None:
    for _, _, settings in cloud.apps():
        for name, value in settings.items():
            assert "AccountKey" not in value, name
            assert "SharedAccess" not in value, name
            assert "listKeys" not in value, name
