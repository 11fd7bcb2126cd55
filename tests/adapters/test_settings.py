"""Settings: what is missing or wrong is named."""

import re
from pathlib import Path

import pytest

from shared.adapters import names
from shared.adapters.archive import open_archive
from shared.adapters.archive.blobs import open_blobs
from shared.adapters.archive.folder import FolderArchive
from shared.adapters.archive.place import BlobPlace, FolderPlace, find_place
from shared.adapters.connections import Identity, connection_parts
from shared.adapters.names import COSMOS, EVENT_GRID, EVENT_HUBS, SWEEP_SCHEDULE
from shared.adapters.settings import (
    HOST_SAMPLER,
    Exporters,
    Settings,
    TokenSettings,
    WebhookSettings,
    check,
    feed_poll_delay,
)
from shared.kernel.errors import ConfigurationError

GIVEN = {
    "COSMOS": "AccountEndpoint=http://c/;AccountKey=a==",
    "EVENTHUBS": "Endpoint=sb://e",
    "EVENTGRID": "Endpoint=http://g/;AccessKey=a=",
}


HUBS = (names.EVENTS_HUB, names.COMMANDS_HUB)


def test_settings_have_defaults_for_all_but_the_connections() -> None:
    settings = Settings.read(GIVEN)

    connections = (settings.cosmos, settings.event_hubs, settings.event_grid)
    assert connections == tuple(GIVEN.values())
    assert settings.event_partitions == names.EVENTS_PARTITIONS
    assert [settings.hub_name(hub) for hub in HUBS] == list(HUBS)
    assert [settings.moved_to(hub) for hub in HUBS] == ["", ""]
    assert feed_poll_delay({}) == 500


def test_each_hub_may_have_another_name_once_the_set_has_moved() -> None:
    moved = Settings.read({**GIVEN, "EVENTS_HUB": "events-32", "EVENT_PARTITIONS": "32"})

    assert [moved.hub_name(hub) for hub in HUBS] == ["events-32", names.COMMANDS_HUB]
    assert [moved.moved_to(hub) for hub in HUBS] == ["events-32", ""]
    assert [moved.partitions(hub) for hub in HUBS] == [32, names.COMMANDS_PARTITIONS]


@pytest.mark.parametrize("name", ["COSMOS", "EVENTHUBS"])
def test_a_missing_connection_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"the setting {name} is missing"):
        Settings.read({**GIVEN, name: ""})


def test_an_identity_takes_the_place_of_a_connection_string() -> None:
    settings = Settings.read(
        {
            "COSMOS__accountEndpoint": "https://c/",
            "COSMOS__credential": "managedidentity",
            "COSMOS__clientId": "me",
            "EVENTHUBS__fullyQualifiedNamespace": "e",
        }
    )

    assert settings.cosmos == Identity("https://c/", "me", managed=True)
    assert settings.event_hubs == Identity("e", None, managed=False)


def test_two_ways_to_sign_in_are_one_too_many() -> None:
    with pytest.raises(ConfigurationError, match="COSMOS and COSMOS__accountEndpoint are both set"):
        Settings.read({**GIVEN, "COSMOS__accountEndpoint": "https://c/"})


def test_a_credential_that_nobody_knows_is_named() -> None:
    given = {"EVENTHUBS__fullyQualifiedNamespace": "e", "EVENTHUBS__credential": "a password"}

    with pytest.raises(ConfigurationError, match="EVENTHUBS__credential is 'a password'"):
        Settings.read({"COSMOS": GIVEN["COSMOS"], **given})


@pytest.mark.parametrize("value", ["many", "0", "-1", "nan", "inf", "1e999", "2.5", ""])
def test_a_number_that_is_none_is_named(value: str) -> None:
    with pytest.raises(ConfigurationError, match="EVENT_PARTITIONS"):
        Settings.read({**GIVEN, "EVENT_PARTITIONS": value})


WRONG = {
    "COSMOS": "",
    "PUBLISH_BUDGET": "nan",
    "COMMAND_PARTITIONS": "2.5",
    "CHANGE_FEED_POLL_DELAY": "soon",
    "WEBHOOK_SENDERS": "Partner = * | *",
    "WEBHOOK_SECRETS": "nobody=x",
    "WEBHOOK_TOKEN_ISSUER": "https://login.example.com",
    "ACTOR_TOKEN_ISSUER": "https://login.example.com",
    "OTEL_TRACES_SAMPLER_ARG": "a tenth",
    "ARCHIVE": "DefaultEndpointsProtocol=https",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named_before_anybody_needs_it(name: str) -> None:
    given = {**GIVEN, "OTEL_TRACES_SAMPLER": HOST_SAMPLER}
    check(given)

    with pytest.raises(ConfigurationError, match=name):
        check({**given, name: WRONG[name]})


def test_the_archive_is_in_a_container_in_a_folder_or_nowhere() -> None:
    blobs = {"ARCHIVE__blobServiceUri": "https://a/", "ARCHIVE__credential": "managedidentity"}
    named = {"ARCHIVE_NAMESPACE": "n"}

    assert find_place({}) is None
    assert open_archive(Settings.read(GIVEN)) is None
    assert find_place({"ARCHIVE_FOLDER": "c", **named}) == FolderPlace(Path("c"), "n")
    identity = Identity("https://a/", None, managed=True)
    assert find_place({**blobs, **named}) == BlobPlace(identity, "capture", "n")
    elsewhere = {**blobs, **named, "ARCHIVE_CONTAINER": "old"}
    assert find_place(elsewhere) == BlobPlace(identity, "old", "n")
    with pytest.raises(ConfigurationError, match="ARCHIVE and ARCHIVE_FOLDER are both set"):
        find_place({**blobs, **named, "ARCHIVE_FOLDER": "c"})
    with pytest.raises(ConfigurationError, match="ARCHIVE_NAMESPACE is missing"):
        find_place(blobs)


@pytest.mark.parametrize("hub", ["events", "events-32"])
def test_the_archive_is_that_of_the_hub_that_the_settings_name(hub: str) -> None:
    given = {**GIVEN, "ARCHIVE_FOLDER": "c", "ARCHIVE_NAMESPACE": "n", "EVENTS_HUB": hub}

    opened = open_archive(Settings.read(given))

    assert isinstance(opened, FolderArchive)
    assert (opened._root, opened._hub) == (Path("c"), f"n/{hub}")


async def test_an_identity_is_shown_to_the_archive() -> None:
    place = BlobPlace(
        Identity("https://a.blob.core.windows.net/", None, managed=True), "capture", "n"
    )

    archive = open_blobs(place, "events")

    assert archive._container.url == "https://a.blob.core.windows.net/capture"
    await archive.close()


def test_no_trace_may_be_kept_at_all() -> None:
    given = {"OTEL_TRACES_SAMPLER": HOST_SAMPLER, "OTEL_TRACES_SAMPLER_ARG": "0"}

    assert Exporters.read(given).trace_share == 0


def test_half_of_what_tokens_need_is_named() -> None:
    with pytest.raises(ConfigurationError, match="WEBHOOK_TOKEN_AUDIENCE"):
        WebhookSettings.read({"WEBHOOK_TOKEN_ISSUER": "https://login.example.com"})


ISSUER = "https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0"
CLIENT = "00001111-aaaa-2222-bbbb-3333cccc4444"


@pytest.mark.parametrize("audience", [CLIENT, f"api://{CLIENT.upper()}", f"api://shop, {CLIENT}"])
def test_both_versions_of_tokens_are_known_by_one_name(audience: str) -> None:
    read = TokenSettings.read(
        {
            "WEBHOOK_TOKEN_ISSUER": ISSUER,
            "WEBHOOK_TOKEN_AUDIENCE": audience,
            "WEBHOOK_TOKEN_KEYS": "https://login.microsoftonline.com/keys",
        }
    )

    assert read is not None
    assert {CLIENT, f"api://{CLIENT}"} <= set(read.audiences)
    older = "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/"
    assert read.issuers == (ISSUER, older)


def test_an_audience_without_a_client_id_is_named() -> None:
    given = {"WEBHOOK_TOKEN_ISSUER": ISSUER, "WEBHOOK_TOKEN_KEYS": "https://keys"}

    with pytest.raises(ConfigurationError, match="api://shop: the client id is missing"):
        TokenSettings.read({**given, "WEBHOOK_TOKEN_AUDIENCE": "api://shop"})


def test_a_connection_is_split_at_semicolons_and_first_equal_signs() -> None:
    assert connection_parts("AccountEndpoint=http://c/;AccountKey=a==;") == {
        "AccountEndpoint": "http://c/",
        "AccountKey": "a==",
    }


def test_every_setting_is_documented() -> None:
    source = Path("shared/adapters/settings.py").read_text(encoding="utf-8")
    documented = (
        Path("docs/architecture.md").read_text(encoding="utf-8").partition("## Settings")[2]
    )

    asked = {*re.findall(r'environment, "([A-Z_]+)"', source), COSMOS, EVENT_HUBS, EVENT_GRID}
    asked.add(SWEEP_SCHEDULE.strip("%"))

    assert asked
    assert {name for name in asked if f"`{name}`" not in documented} == set()
