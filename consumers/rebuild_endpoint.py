"""What operators do about the rebuild of a view: begin it, and see how far it is."""

from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any

import azure.functions as func
from pydantic import Field, ValidationError

from shared.adapters.http.bodies import check_body
from shared.adapters.http.problems import Fault, malformed, not_found
from shared.adapters.http.responses import json_response
from shared.kernel.messages.message import Message
from shared.kernel.validation_faults import faults
from shared.kernel.views.generation import Generations, Source
from shared.kernel.views.view import View

# Every instance loads this module, few rebuild a view.
if TYPE_CHECKING:
    from consumers.rebuild import Rebuild


class RebuildRequest(Message):
    """What a view is rebuilt from."""

    from_: Source = Field("store", alias="from")


async def answer_rebuild(req: func.HttpRequest, rebuild: "Rebuild") -> func.HttpResponse:
    """Begin a rebuild (POST), and answer with its phase, its generations, and how far it is filled."""
    view = _view(req.route_params["view"], rebuild)
    if req.method == "POST":
        generations = await rebuild.begin(view, _asked(req).from_)
    else:
        generations = await rebuild.generations(view)
    return json_response(
        {
            "view": view.name,
            "phase": generations.phase,
            "from": generations.source,
            "generations": generations.model_dump(include=_NUMBERS),
            **({"stopped": generations.stopped} if generations.stopped else {}),
            **await _filled(rebuild, view, generations),
        }
    )


_NUMBERS = {"oldest", "serving", "newest", "emptied", "since"}


async def _filled(
    rebuild: "Rebuild", view: View[Any], generations: Generations
) -> dict[str, list[dict[str, Any]]]:
    if generations.source == "log":
        stages = await rebuild.reached_in_log(view, generations)
        return {
            "partitions": [
                {
                    "events": one.events,
                    "number": one.place.number,
                    "end": one.end,
                    "reached": one.time,
                }
                for one in stages
            ]
        }
    found = await rebuild.reached(view, generations)
    return {"ranges": [{"streams": one.streams, "reached": one.time} for one in found]}


def _asked(req: func.HttpRequest) -> RebuildRequest:
    body = req.get_body().removeprefix(BOM_UTF8)
    check_body(req.headers, body, "A rebuild")
    try:
        return RebuildRequest.model_validate_json(body or b"{}")
    except ValidationError as error:
        found = [Fault(*one) for one in faults(error)]
        raise malformed('Give `{"from": "store"}`, `{"from": "log"}` or no body.', found) from None


def _view(name: str, rebuild: "Rebuild") -> View[Any]:
    for view in rebuild.projections.views:
        if view.name == name:
            return view
    raise not_found("There is no such view.")
