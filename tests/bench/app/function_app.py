"""The command API beside functions that do nothing: what the worker costs is measured with the latter."""

from typing import List

import azure.functions as func

from command_api.blueprint import blueprint

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(blueprint)


@app.route("empty/{category}/{id}/{name}", methods=["POST"])
async def empty(req: func.HttpRequest) -> func.HttpResponse:
    """Answer as a command does, without doing anything."""
    return func.HttpResponse("{}", headers={"ETag": f'"{len(req.route_params)}"'})


@app.event_hub_message_trigger(
    arg_name="events",
    event_hub_name="events",
    connection="EVENTHUBS",
    cardinality="many",
    data_type="binary",
)
async def empty_batch(events: List[func.EventHubEvent]) -> None:
    """Take a batch, without doing anything."""
    assert events
