"""The function that takes what no other does: every app has it, and by its name it comes last."""

import azure.functions as func

from shared.adapters import telemetry
from shared.adapters.http.answering import answered
from shared.adapters.http.cors import readable
from shared.adapters.triggers import ROUTES, named

blueprint = func.Blueprint()


async def without_route(req: func.HttpRequest) -> func.HttpResponse:
    """Answer OPTIONS, and tell a wrong method from a wrong path."""
    return ROUTES.answer(req)


async def _answer(req: func.HttpRequest) -> func.HttpResponse:
    answer = await telemetry.request(req, "", answered(without_route(req)))
    return readable(answer) if "origin" in req.headers else answer


# The host asks functions in the order of their names. This one asks for no key: browsers send none with OPTIONS.
blueprint.route("{*path}", auth_level=func.AuthLevel.ANONYMOUS)(named(_answer, without_route))
