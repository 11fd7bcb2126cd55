"""Subscriptions and dead letters over HTTP, as the management plane has them, on the port of the topics.

`PUT|GET|DELETE /topics/<topic>/eventSubscriptions/<name>` with `{"properties": …}`, `GET` of the list, and
`GET …/<name>/deadLetters`, which in Azure are blobs. No key: these are the machine's own.
"""

import json

from aiohttp import web

from emulators.event_grid.errors import EventGridError
from emulators.event_grid.registry import Registry
from emulators.event_grid.topics import Topic


async def manage(
    request: web.Request, topic: Topic, rest: list[str], registry: Registry
) -> web.Response:
    """Answer a request to what follows `/topics/<topic>/eventSubscriptions`."""
    match request.method, rest:
        case "GET", []:
            shown = [registry.shown(topic, name) for name in registry.names(topic)]
            return web.json_response({"value": shown})
        case "GET", [name]:
            return web.json_response(registry.shown(topic, name))
        case "PUT", [name]:
            await registry.put(topic, name, await _properties(request))
            return web.json_response(registry.shown(topic, name), status=201)
        case "DELETE", [name]:
            await registry.delete(topic, name)
            return web.Response(status=200)
        case "GET", [name, "deadLetters"]:
            registry.shown(topic, name)
            return web.json_response({"value": registry.deliveries.dead_letters(topic.name, name)})
    raise EventGridError(404, f"There is no {request.method} {request.path!r}.")


async def _properties(request: web.Request) -> object:
    try:
        given = json.loads(await request.read())
    except ValueError as error:
        raise EventGridError(400, f"Failed to read JSON: {error}.") from None
    if not isinstance(given, dict) or given.keys() != {"properties"}:
        raise EventGridError(400, 'A subscription is given as {"properties": …}, and nothing else.')
    return given["properties"]
