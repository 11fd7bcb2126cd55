"""Settings of those who deliver: what is wrong is named by its place, and no secret is shown."""

import pytest

from shared.adapters.identity.webhook_senders import Sender, read_senders
from shared.adapters.settings import WebhookSettings
from shared.kernel.errors import ConfigurationError

CLIENT = "00001111-aaaa-2222-bbbb-3333cccc4444"
SENDERS = "fast = /carriers/fast | com.example.carrier.*; far = /far /far/* | a b"


def test_senders_are_read_with_their_secrets() -> None:
    read = WebhookSettings.read(
        {"WEBHOOK_SENDERS": SENDERS, "WEBHOOK_SECRETS": "fast=one, far=two==,fast=three,"}
    )

    assert read.senders == (
        Sender("fast", ("/carriers/fast",), ("com.example.carrier.*",), (), ("one", "three")),
        Sender("far", ("/far", "/far/*"), ("a", "b"), (), ("two==",)),
    )
    assert (read.origins, read.tokens) == ((), None)
    assert not read.platform.may_deliver("/far", "a")


WRONG_SENDERS = {
    "fast": "WEBHOOK_SENDERS, entry 1 \\('fast'\\): `name = sources",
    "fast = /a | b; Far = /a | b": "WEBHOOK_SENDERS, entry 2 \\('Far'\\)",
    "fast = | b": "entry 1 \\('fast'\\): it names sources",
    "fast = /a": "entry 1 \\('fast'\\): it names sources",
    "fast = /a |": "entry 1 \\('fast'\\): it names sources",
    "fast = /a | b | c | d": "entry 1 \\('fast'\\): it names sources",
    "fast = /*/b | b": "entry 1 \\('fast'\\), sources: '/\\*/b' is none",
    "fast = /a | *b": "entry 1 \\('fast'\\), types: '\\*b' is none",
    "fast = /a | b | me": "entry 1 \\('fast'\\), applications: 'me' is none",
    "a = /a | b; a = /b | b": "the sender 'a' twice",
    f"a = /a | b | {CLIENT}; b = /b | b | {CLIENT.upper()}": "the application '0000.*' twice",
    f"a = /a | b | {CLIENT}": "WEBHOOK_TOKEN_ISSUER is missing",
}


@pytest.mark.parametrize("senders", WRONG_SENDERS)
def test_a_sender_that_is_none_is_named_with_its_place(senders: str) -> None:
    with pytest.raises(ConfigurationError, match=WRONG_SENDERS[senders]):
        WebhookSettings.read({"WEBHOOK_SENDERS": senders})


REFERENCE = "@Microsoft.KeyVault(SecretUri=https://some.vault.azure.net/secrets/webhook)"
WRONG_SECRETS = {
    REFERENCE: "WEBHOOK_SECRETS, entry 1: it refers to a Key Vault",
    f"fast={REFERENCE}": "WEBHOOK_SECRETS, entry 1: it refers to a Key Vault",
    "s3cret": "WEBHOOK_SECRETS, entry 1: `name=secret` is expected",
    "fast=s3cret, far=": "WEBHOOK_SECRETS, entry 2: `name=secret` is expected",
    "fast=s3cret, other=s3cret2": "WEBHOOK_SECRETS, entry 2: `name=secret` is expected",
    "fast=s3cret, far=s3cret": "WEBHOOK_SECRETS, entry 2: it was given before",
    "fast=s3cret, fast=s3cret": "WEBHOOK_SECRETS, entry 2: it was given before",
    "platform=s3cret": "WEBHOOK_SECRETS, entry 1: 'platform' shows no secret",
    "far=s3cret1,far=s3cret2,far=s3cret3": "WEBHOOK_SECRETS holds 3 secrets of 'far'",
}


@pytest.mark.parametrize("secrets", WRONG_SECRETS)
def test_a_secret_that_is_none_is_named_by_its_place_and_never_shown(secrets: str) -> None:
    senders = f"{SENDERS}; platform = * | *"

    with pytest.raises(ConfigurationError, match=WRONG_SECRETS[secrets]) as raised:
        WebhookSettings.read({"WEBHOOK_SENDERS": senders, "WEBHOOK_SECRETS": secrets})

    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "type_", "may"),
    [
        ("/carriers/fast", "com.example.carrier.parcel-dispatched", True),
        ("/carriers/fast", "com.example.supplier.delivery-arrived", False),
        ("/carriers/faster", "com.example.carrier.parcel-dispatched", False),
        ("/carriers/fast/", "com.example.carrier.parcel-dispatched", False),
        ("/CARRIERS/fast", "com.example.carrier.parcel-dispatched", False),
        ("/suppliers/far", "com.example.carrier.parcel-dispatched", False),
    ],
)
def test_a_sender_may_deliver_what_it_is_bound_to(source: str, type_: str, *, may: bool) -> None:
    (sender,) = read_senders("fast = /carriers/fast | com.example.carrier.*", "")

    assert sender.may_deliver(source, type_) == may
