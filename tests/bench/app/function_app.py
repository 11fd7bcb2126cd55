"""The command API beside a function that does nothing: what the worker costs is measured with the latter."""

import azure.functions as func

from command_api.blueprint import blueprint

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(blueprint)


@app.route("empty/{category}/{id}/{name}", methods=["POST"])
async def empty(req: func.HttpRequest) -> func.HttpResponse:
    """Answer as a command does, without doing anything."""
    return func.HttpResponse("{}", headers={"ETag": f'"{len(req.route_params)}"'})
