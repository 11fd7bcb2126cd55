"""The HTTP triggers."""

import azure.functions as func

from command_api.application import application
from command_api.commands import post_command
from command_api.queries import get_stream, get_view

blueprint = func.Blueprint()


@blueprint.route("{category}/{id}/{command}", methods=["POST"])
async def command(req: func.HttpRequest) -> func.HttpResponse:
    """Handle a command."""
    return await post_command(req, await application())


@blueprint.route("streams/{stream}", methods=["GET"])
async def stream(req: func.HttpRequest) -> func.HttpResponse:
    """Show the events of a stream."""
    return await get_stream(req, await application())


@blueprint.route("views/{view}/{key}", methods=["GET"])
async def view(req: func.HttpRequest) -> func.HttpResponse:
    """Show what a view holds under a key."""
    return await get_view(req, await application())
