"""POLLED_FEEDS and its secrets: what is read, and what is named that is wrong."""

import pytest

from shared.adapters.polled_feeds import origin, read_polled_feeds
from shared.adapters.settings import check
from shared.kernel.errors import ConfigurationError
from tests.adapters.test_settings import GIVEN

URL = "https://carrier.example/feed?a=b"
CARRIER = f"carrier = {URL} | /carriers/* | com.example.* !com.example.old"
FEEDS = f"{CARRIER};near = http://10.0.0.1/f | /near | a b | private"


def test_each_feed_has_its_address_its_events_and_its_secret() -> None:
    secrets = "near = Authorization: Bearer a:b=c,"
    carrier, near = read_polled_feeds({"POLLED_FEEDS": FEEDS, "POLLED_FEEDS_SECRETS": secrets})

    assert (carrier.url, carrier.private, carrier.redirects) == (URL, False, False)
    assert carrier.credential is None
    assert carrier.sender.may_deliver("/carriers/fast", "com.example.new")
    assert carrier.sender.is_gone("/carriers/fast", "com.example.old")
    assert not carrier.sender.may_deliver("/near", "com.example.new")
    assert (near.private, near.credential) == (True, ("Authorization", "Bearer a:b=c"))


def test_without_settings_no_feed_is_followed() -> None:
    assert read_polled_feeds({}) == ()


WRONG = {
    "carrier": "entry 1",
    f"Carrier = {URL} | a | b": "entry 1 \\('Carrier'\\)",
    f"a = {URL} | a | b; b = {URL} | a": "entry 2 \\('b'\\)",
    f"a = {URL} | a | b | private | more": "entry 1",
    f"a = {URL} | a | b | anything": "only `private` and `redirects`",
    f"a = {URL} | | b": "it names sources",
    f"a = {URL} | a | *b": "types: '\\*b' is none",
    "a = http://carrier.example | a | b": "one URL",
    "a = ftp://carrier.example | a | b | private": "one URL",
    "a = https:///feed | a | b": "one URL",
    "a = https://[carrier | a | b": "one URL",
    "a = https://carrier:port | a | b": "one URL",
    "a = https://me:you@carrier.example | a | b": "one URL",
    f"a = {URL} {URL} | a | b": "one URL",
    f"a = {URL} | a | b; a = {URL} | a | b": "twice",
}


@pytest.mark.parametrize("feeds", WRONG)
def test_what_is_wrong_is_named_with_its_place(feeds: str) -> None:
    with pytest.raises(ConfigurationError, match=WRONG[feeds]):
        read_polled_feeds({"POLLED_FEEDS": feeds})


@pytest.mark.parametrize(
    ("secrets", "why"),
    [
        ("other = a: s3cret", "entry 1: the name of a feed"),
        ("near = a: s3cret, near = b: s3cret", "entry 2: the name of a feed"),
        ("near = s3cret", "`name = header: value`"),
        ("near = a b: s3cret", "`name = header: value`"),
        ("near = a: s3cret\r\nb: c", "`name = header: value`"),
        ("@Microsoft.KeyVault(SecretUri=s3cret)", "Key Vault"),
    ],
)
def test_a_wrong_secret_is_named_by_its_place_and_never_shown(secrets: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as raised:
        read_polled_feeds({"POLLED_FEEDS": FEEDS, "POLLED_FEEDS_SECRETS": secrets})

    assert "s3cret" not in str(raised.value)


def test_the_settings_are_checked_with_all_others() -> None:
    with pytest.raises(ConfigurationError, match="POLLED_FEEDS"):
        check({**GIVEN, "POLLED_FEEDS": "wrong"})


def test_a_host_is_one_however_its_port_is_written() -> None:
    assert origin("https://a.example:443/b") == origin("https://A.example?c")
    assert origin("https://a.example:8443/b") != origin("https://a.example/b")
