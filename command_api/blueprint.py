"""The HTTP triggers."""

import azure.functions as func

from command_api.causes import get_causes
from command_api.commands import post_command
from command_api.composition import RIGHTS, application
from command_api.health import get_health
from command_api.mailbox import get_outcome
from command_api.openapi import document, page
from command_api.streams import get_stream
from command_api.views import get_view, list_view
from shared.adapters import telemetry, wiring
from shared.adapters.http.responses import json_response
from shared.adapters.http.rights import show_rights
from shared.domain import domain

blueprint = func.Blueprint()

COMMAND = "{category}/{id}/{command}"


@blueprint.route(COMMAND, methods=["POST"])
async def command(req: func.HttpRequest) -> func.HttpResponse:
    """Handle a command."""
    return await telemetry.request(req, COMMAND, post_command(req, await application()))


@blueprint.route("streams/{stream}", methods=["GET"])
async def stream(req: func.HttpRequest) -> func.HttpResponse:
    """Show the events of a stream."""
    return await get_stream(req, await application())


@blueprint.route("streams/{stream}/outcome", methods=["GET"])
async def outcome(req: func.HttpRequest) -> func.HttpResponse:
    """Tell what became of a command that waited."""
    return await get_outcome(req, await application())


@blueprint.route("streams/{stream}/causes", methods=["GET"])
async def causes(req: func.HttpRequest) -> func.HttpResponse:
    """Show what followed from a command."""
    return await get_causes(req, await application())


@blueprint.route("views/{view}/{key}", methods=["GET"])
async def view(req: func.HttpRequest) -> func.HttpResponse:
    """Show what a view holds under a key."""
    return await get_view(req, await application())


@blueprint.route("views/{view}", methods=["GET"])
async def view_list(req: func.HttpRequest) -> func.HttpResponse:
    """List what a view holds."""
    return await list_view(req, await application())


@blueprint.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Say whether the API is ready, and if not, why."""
    return await get_health(application)


@blueprint.route("openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def openapi(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Describe the API to programs."""
    return json_response(document(domain))


@blueprint.route("docs", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def docs(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Describe the API to people."""
    return func.HttpResponse(page(document(domain)), mimetype="text/html")


@blueprint.route("operations/rights/command_api", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def command_api_rights(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Show which of its rights this role has."""
    return await show_rights(await wiring.attempts(*RIGHTS))
