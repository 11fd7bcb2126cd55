"""The authorities that AMQP connections trust, read once: the SDK reads them for each connection, in 16 ms."""

import ssl
from functools import cache

import certifi


@cache
def trusted() -> ssl.SSLContext:
    """Returns what the SDK makes of its defaults (`azure.eventhub._pyamqp`, `_build_ssl_opts`)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    return context
