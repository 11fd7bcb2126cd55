"""Names that lead nowhere but to public addresses, whatever a name server says when."""

import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from shared.kernel.errors import InvalidMessage


class PublicResolver(AbstractResolver):
    """Resolves the names of hosts; raises InvalidMessage for one that has an address which is not public.

    The connection is made to what was looked at: another answer that a name server gives later changes nothing.
    """

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        for one in found:
            check_public(one["host"])
        return found

    async def close(self) -> None:
        await self._names.close()


def check_public(host: str) -> None:
    """Raise InvalidMessage for an address that is not public; a name is looked at when it is resolved."""
    try:
        address = ip_address(host)
    except ValueError:
        return
    if not address.is_global or address.is_multicast:
        raise InvalidMessage("it leads to an address that is not public")
