"""Who is signed in stands in headers of the platform alone; where nobody is, headers come as they were sent."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from emulators.host.sign_in import signed_in
from emulators.tests.host.hosts import world
from emulators.tests.serving import Services

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORGED = {
    "X-MS-CLIENT-PRINCIPAL-ID": "mallory",
    "x-ms-client-principal-name": "mallory",
    "X-Ms-Client-Principal": "e30=",
    "X-MS-Client-Principal-Anything": "at all",
}


@dataclass
class Ports:
    """A host that signs callers in, and one that does not."""

    signing: int
    plain: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ports(
    services: Services, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ports]:
    async with (
        world(services, tmp_path_factory.mktemp("signing")) as signing,
        world(services, tmp_path_factory.mktemp("plain")) as plain,
    ):
        yield Ports(
            await signing.start(options=("--sign-in", "X-Local-Actor")), await plain.start()
        )


async def seen(port: int, **headers: str) -> Any:
    """Give what a function sees of who asks."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{port}/api/echo/a/b", headers=headers, data=b"{}") as response,
    ):
        return json.loads(await response.text())["principal"]


async def test_nobody_can_say_of_himself_who_is_signed_in(ports: Ports) -> None:
    assert await seen(ports.signing, **FORGED) == {}
    signed = {
        "x-ms-client-principal-id": "ann",
        "x-ms-client-principal-name": "ann",
        "x-ms-client-principal-idp": "local",
    }
    assert await seen(ports.signing, **{**FORGED, "X-Local-Actor": "ann"}) == signed


async def test_where_nobody_is_signed_in_all_headers_come_as_they_were_sent(ports: Ports) -> None:
    forged = {name.lower(): value for name, value in FORGED.items()}

    assert await seen(ports.plain, **{**FORGED, "X-Local-Actor": "ann"}) == forged


async def test_the_header_that_signs_in_is_not_passed_on() -> None:
    assert "x-local-actor" not in signed_in({"x-local-actor": "ann"}, "x-local-actor")
    assert signed_in({"x-local-actor": "ann"}, "") == {"x-local-actor": "ann"}
