"""The topic: Event Grid through azure-eventgrid, packed as full as a request may be."""

from collections.abc import Iterator, Sequence

from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline.transport import AioHttpTransport
from azure.eventgrid.aio import EventGridPublisherClient

from shared.adapters.connections import Connection, Identity, needed_parts
from shared.adapters.identity.own_credential import credential
from shared.adapters.names import EVENT_GRID
from shared.adapters.settings import Settings
from shared.adapters.size_limits import LARGEST_MESSAGE, MESSAGE_OVERHEAD
from shared.kernel.errors import ConfigurationError, NotificationTooLarge, NotifierUnavailable
from shared.kernel.messages.notification import Notification, Unwanted, cloud_event, size_of

MOST_EVENTS = 5_000
BETWEEN = 64
ANSWERED_WITHIN = 10.0
# It would say the same again. A key, a right or a topic that is missing (401, 403, 404) says nothing about what is
# published: somebody mends the setting, and it goes on from where it was.
FINAL = frozenset({400, 413})


class EventGridNotifier:
    """Publishes with one client, kept for the life of the process."""

    def __init__(self, client: EventGridPublisherClient) -> None:
        self._client = client

    @property
    def largest(self) -> int:
        return LARGEST_MESSAGE - MESSAGE_OVERHEAD

    async def publish(self, notifications: Sequence[Notification]) -> list[Unwanted]:
        packed = list(requests(notifications, self.largest))
        return [one for request in packed for one in await self._send(request)]

    async def _send(self, request: Sequence[Notification]) -> list[Unwanted]:
        """Send a request, and in halves what is refused as it is, until it is known which one is to blame."""
        try:
            await self._client.send([cloud_event(one) for one in request])
        except AzureError as error:
            if not isinstance(error, HttpResponseError) or error.status_code not in FINAL:
                raise NotifierUnavailable(f"Event Grid: {error}") from error
            if len(request) == 1:
                return [Unwanted(request[0], str(error))]
            half = len(request) // 2
            return [*await self._send(request[:half]), *await self._send(request[half:])]
        return []

    async def close(self) -> None:
        await self._client.close()


def requests(notifications: Sequence[Notification], largest: int) -> Iterator[list[Notification]]:
    """Pack notifications into requests, in order; raises NotificationTooLarge for one that fits into none."""
    request: list[Notification] = []
    filled = 0
    for one in notifications:
        size = size_of(one)
        if size > largest:
            raise NotificationTooLarge(f"{one.id} has {size} bytes")
        if request and (filled + BETWEEN + size > largest or len(request) == MOST_EVENTS):
            yield request
            request, filled = [], 0
        request.append(one)
        filled += BETWEEN + size if filled else size
    if request:
        yield request


def open_notifier(settings: Settings) -> EventGridNotifier:
    """Make the notifier; it connects when it is first used."""
    endpoint, signs_in = _signed_in(settings.event_grid)
    client = EventGridPublisherClient(
        endpoint,
        signs_in,
        # What fails is published again by whoever asked: the SDK need not.
        retry_total=0,
        read_timeout=ANSWERED_WITHIN,
        # The default transport looks for proxies and ~/.netrc on every request.
        transport=AioHttpTransport(use_env_settings=False),
    )
    return EventGridNotifier(client)


def _signed_in(
    connection: Connection | None,
) -> tuple[str, AzureKeyCredential | AsyncTokenCredential]:
    if connection is None:
        raise ConfigurationError(f"the setting {EVENT_GRID} is missing: nobody can be notified")
    if isinstance(connection, Identity):
        return connection.address, credential(connection)
    endpoint, key = needed_parts(connection, "Event Grid", "Endpoint", "AccessKey")
    return endpoint, AzureKeyCredential(key)
