"""What operators do about the rebuild of a view: begin it, and see how far it is."""

from typing import TYPE_CHECKING, Any

import azure.functions as func

from shared.adapters.http.problems import not_found
from shared.adapters.http.responses import json_response
from shared.kernel.views.view import View

# Every instance loads this module, few rebuild a view.
if TYPE_CHECKING:
    from consumers.rebuild import Rebuild


async def answer_rebuild(req: func.HttpRequest, rebuild: "Rebuild") -> func.HttpResponse:
    """Begin a rebuild (POST), and answer with its phase, its generations, and each range of the feed."""
    view = _view(req.route_params["view"], rebuild)
    begins = req.method == "POST"
    generations = await (rebuild.begin(view) if begins else rebuild.generations(view))
    return json_response(
        {
            "view": view.name,
            "phase": generations.phase,
            "generations": generations.model_dump(),
            "ranges": [
                {"streams": reached.streams, "reached": reached.time}
                for reached in await rebuild.reached(view, generations)
            ],
        }
    )


def _view(name: str, rebuild: "Rebuild") -> View[Any]:
    for view in rebuild.projections.views:
        if view.name == name:
            return view
    raise not_found("There is no such view.")
