"""What an app in Azure has and a desk has not: a giver of tokens, and TLS in front of the services."""

import asyncio
import ipaddress
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# The client of Event Hubs knows one port for TLS alone: each process that tests has an address of its own.
HOST = "127.{}.{}.{}".format(*os.getpid().to_bytes(3))
AMQPS = 5671
DECADE = timedelta(days=3650)


@asynccontextmanager
async def token_endpoint(
    token: Callable[[], str], asked: list[dict[str, str]]
) -> AsyncIterator[str]:
    """Answer as App Service does (REST endpoint reference, api-version 2019-08-01); notes what is asked."""

    async def give(request: web.Request) -> web.Response:
        asked.append({**request.query, "header": request.headers["X-IDENTITY-HEADER"]})
        ends = int(datetime.now(UTC).timestamp()) + 3600
        body = {"access_token": token(), "expires_on": str(ends), "token_type": "Bearer"}
        return web.json_response({**body, "resource": request.query["resource"]})

    app = web.Application()
    app.router.add_get("/msi/token", give)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    try:
        yield f"http://{HOST}:{runner.addresses[0][1]}/msi/token"
    finally:
        await runner.cleanup()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate of this host, good by any clock: for a server, and as a file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - DECADE)
        .not_valid_after(now + DECADE)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    trusted, own = folder / "certificate.pem", folder / "key.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    own.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(trusted, own)
    return context, trusted


@asynccontextmanager
async def tls_in_front_of(
    port: int, context: ssl.SSLContext, listens: int = 0
) -> AsyncIterator[int]:
    """Take TLS off what comes, and hand it on to a port of an emulator."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    joined: set[asyncio.Task[None]] = set()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
        with suppress(ConnectionError):
            await inner_writer.wait_closed()

    def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        joined.add(asyncio.create_task(join(reader, writer)))

    server = await asyncio.start_server(on_client, HOST, listens, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        server.close_clients()
        # What is still open when the loop ends would be told as a leak of another test.
        await asyncio.gather(*joined)
        await server.wait_closed()
