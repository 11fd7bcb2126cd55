"""An app without a key: it asks the platform for tokens, and shows them to the store and to the log."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from emulators.tests.waiting import in_time
from infra.local.stack import ROOT
from shared.adapters.connections import connection_parts
from tests.adapters.identities import AMQPS, HOST, certificate, tls_in_front_of, token_endpoint
from tests.conftest import named_emulators

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has loopback addresses to choose from"
)

TOKEN = "a-token-that-only-an-identity-has"
CLIENT = "00000000-0000-0000-0000-00000000001d"


class Azure:
    """The emulators behind TLS, and what was asked of the giver of tokens."""

    def __init__(self) -> None:
        self.token = TOKEN
        self.asked: list[dict[str, str]] = []
        self.environment: dict[str, str] = {}

    async def write(self, **changes: str) -> tuple[int, dict[str, Any], str]:
        """Run the app's clients; gives the exit code, what they saw, and the errors."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.adapters.signed_in"),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **self.environment, **changes},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with in_time():
                said, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        code = await process.wait()
        return code, json.loads(said) if code == 0 else {}, errors.decode()


@pytest.fixture
async def azure(tmp_path: Path) -> AsyncIterator[Azure]:
    made = Azure()
    context, trusted = certificate(tmp_path)
    async with AsyncExitStack() as stack:
        services = stack.enter_context(named_emulators(tmp_path / "state", "--token", TOKEN))
        cosmos = await stack.enter_async_context(
            tls_in_front_of(_port(services.cosmos, "AccountEndpoint"), context)
        )
        await stack.enter_async_context(
            tls_in_front_of(_port(services.event_hubs, "Endpoint"), context, AMQPS)
        )
        tokens = await stack.enter_async_context(token_endpoint(lambda: made.token, made.asked))
        made.environment = {
            "COSMOS__accountEndpoint": f"https://{HOST}:{cosmos}/",
            "COSMOS__credential": "managedidentity",
            "COSMOS__clientId": CLIENT,
            "EVENTHUBS__fullyQualifiedNamespace": HOST,
            "EVENTHUBS__credential": "managedidentity",
            "EVENTHUBS__clientId": CLIENT,
            "PUBLISH_BUDGET": "5",
            "IDENTITY_ENDPOINT": tokens,
            "IDENTITY_HEADER": "the platform's",
            "SSL_CERT_FILE": str(trusted),
        }
        yield made


async def test_store_and_log_take_the_token_of_an_identity(azure: Azure) -> None:
    code, seen, errors = await azure.write()

    assert code == 0, errors
    assert seen == {"commits": 1, "last": [0, -1, -1, -1], "identity": True}
    assert {one["client_id"] for one in azure.asked} == {CLIENT}
    assert {one["header"] for one in azure.asked} == {"the platform's"}
    assert {one["resource"] for one in azure.asked} == {
        azure.environment["COSMOS__accountEndpoint"].rsplit(":", 1)[0],
        "https://eventhubs.azure.net/",
    }


async def test_a_token_is_asked_for_once_and_kept(azure: Azure) -> None:
    await azure.write()

    resources = [one["resource"] for one in azure.asked]
    assert len(resources) == len(set(resources))


async def test_a_token_of_somebody_else_opens_nothing(azure: Azure) -> None:
    azure.token = "a-token-of-somebody-else"

    code, _, errors = await azure.write()

    assert code == 1
    assert "Unauthorized" in errors


def _port(connection: str, name: str) -> int:
    return int(connection_parts(connection)[name].rstrip("/").rpartition(":")[2])
