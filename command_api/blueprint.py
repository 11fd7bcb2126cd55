"""The HTTP triggers."""

import azure.functions as func

from command_api.causes import FORMS, get_causes
from command_api.commands import post_command
from command_api.composition import application
from command_api.feeds.forms import FORMS as FEED_FORMS
from command_api.health import get_health
from command_api.mailbox import get_outcome
from command_api.scheduled_commands import cancel_command
from command_api.streams import get_stream
from command_api.views import get_view, list_view
from shared.adapters import settings
from shared.adapters.azure_rights import show_rights
from shared.adapters.http.negotiation import HTML
from shared.adapters.http.responses import json_response
from shared.adapters.triggers import http_function
from shared.domain import domain

blueprint = func.Blueprint()


@http_function(blueprint, "{category}/{id}/{command}", ["POST"])
async def command(req: func.HttpRequest) -> func.HttpResponse:
    """Handle a command."""
    return await post_command(req, await application())


@http_function(blueprint, "streams/{stream}", ["GET"])
async def stream(req: func.HttpRequest) -> func.HttpResponse:
    """Show the events of a stream."""
    return await get_stream(req, await application())


@http_function(blueprint, "streams/{stream}/outcome", ["GET"])
async def outcome(req: func.HttpRequest) -> func.HttpResponse:
    """Tell what became of a command that waited."""
    return await get_outcome(req, await application())


@http_function(blueprint, "streams/{stream}/outcome", ["DELETE"])
async def outcome_cancel(req: func.HttpRequest) -> func.HttpResponse:
    """Cancel a command that waits for its time."""
    return await cancel_command(req, await application())


@http_function(blueprint, "streams/{stream}/causes", ["GET"], offers=FORMS)
async def causes(req: func.HttpRequest) -> func.HttpResponse:
    """Show what followed from a command."""
    return await get_causes(req, await application())


@http_function(blueprint, "views/{view}/{key}", ["GET"])
async def view(req: func.HttpRequest) -> func.HttpResponse:
    """Show what a view holds under a key."""
    return await get_view(req, await application())


@http_function(blueprint, "views/{view}", ["GET"])
async def view_list(req: func.HttpRequest) -> func.HttpResponse:
    """List what a view holds."""
    return await list_view(req, await application())


@http_function(blueprint, "feeds", ["GET"])
async def feed_list(req: func.HttpRequest) -> func.HttpResponse:
    """List the feeds."""
    from command_api.feeds.endpoint import list_feeds

    return await list_feeds(req, await application())


@http_function(blueprint, "feeds/{feed}", ["GET"], offers=FEED_FORMS)
async def feed(req: func.HttpRequest) -> func.HttpResponse:
    """Show what is new in a feed, or what is behind a cursor."""
    from command_api.feeds.endpoint import get_feed

    return await get_feed(req, await application())


@http_function(blueprint, "feeds/{feed}/{partition}", ["GET"], offers=FEED_FORMS)
async def feed_chain(req: func.HttpRequest) -> func.HttpResponse:
    """Show the page that a chain of a feed is being written on."""
    from command_api.feeds.endpoint import get_chain

    return await get_chain(req, await application())


@http_function(blueprint, "feeds/{feed}/{partition}/{page}", ["GET"], offers=FEED_FORMS)
async def feed_page(req: func.HttpRequest) -> func.HttpResponse:
    """Show a page of a chain of a feed."""
    from command_api.feeds.endpoint import get_page

    return await get_page(req, await application())


# Whoever balances load looks at the status alone.
@http_function(blueprint, "health", ["GET"], func.AuthLevel.ANONYMOUS, offers=())
async def health(_: func.HttpRequest) -> func.HttpResponse:
    """Say whether the API is ready, and if not, why."""
    return await get_health(application, settings.check)


@http_function(blueprint, "openapi.json", ["GET"], func.AuthLevel.ANONYMOUS)
async def openapi(_: func.HttpRequest) -> func.HttpResponse:
    """Describe the API to programs."""
    from command_api.openapi import document

    return json_response(document(domain))


@http_function(blueprint, "docs", ["GET"], func.AuthLevel.ANONYMOUS, offers=(HTML,))
async def docs(_: func.HttpRequest) -> func.HttpResponse:
    """Describe the API to people."""
    from command_api.pages.page import DOCS

    return DOCS.show(domain.about.title)


# A script or a style is asked for by the page alone.
@http_function(blueprint, "docs/{file}", ["GET"], func.AuthLevel.ANONYMOUS, offers=())
async def docs_file(req: func.HttpRequest) -> func.HttpResponse:
    """Show a file that the page of the API loads."""
    from command_api.pages.page import DOCS

    return DOCS.file(req.route_params["file"])


@http_function(blueprint, "console", ["GET"], func.AuthLevel.ANONYMOUS, offers=(HTML,))
async def console(_: func.HttpRequest) -> func.HttpResponse:
    """Show the flow to people; what it shows, it asks of the API with a key of theirs."""
    from command_api.pages.page import CONSOLE

    return CONSOLE.show(f"{domain.about.title}: console")


@http_function(blueprint, "console/{file}", ["GET"], func.AuthLevel.ANONYMOUS, offers=())
async def console_file(req: func.HttpRequest) -> func.HttpResponse:
    """Show a file that the console loads."""
    from command_api.pages.page import CONSOLE

    return CONSOLE.file(req.route_params["file"])


@http_function(blueprint, "operations/rights/command_api", ["GET"], func.AuthLevel.ADMIN)
async def command_api_rights(_: func.HttpRequest) -> func.HttpResponse:
    """Show which of its rights this role has."""
    return await show_rights("command_api")
