"""The one function app: its blueprints, in the order of the flow; infra/apps.json says which app runs what."""
# ruff: noqa: E402 - what is loaded first changes how the rest is loaded

import gc

# What loads here stays: to look for garbage in it takes a twentieth of the time that a new instance needs.
gc.disable()

import azure.functions as func

from command_api.blueprint import blueprint as command_api
from consumers.blueprint import blueprint as consumers
from shared.adapters.http.unknown_routes import blueprint as unrouted
from single_publisher.blueprint import blueprint as single_publisher

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(command_api)
app.register_functions(single_publisher)
app.register_functions(consumers)
app.register_functions(unrouted)

# From now on a collection passes over all of it, too.
gc.freeze()
gc.enable()
