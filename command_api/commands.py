"""Commands over HTTP: POST /api/{category}/{id}/{command}."""

import azure.functions as func

from command_api.application import Application
from command_api.parsing import command_request
from command_api.problems import Problem, from_error, outdated, refused
from command_api.responses import event_json, json_response
from shared.kernel.errors import OnewriteError
from shared.kernel.outcome import Accepted, Outcome, Outdated, Refused, Unchanged
from shared.kernel.request import CommandRequest


async def post_command(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer 200 with the events that the command caused, or with a problem."""
    try:
        request = command_request(req, application.domain, application.now())
        return _answer(request, await application.dispatcher.dispatch(request))
    except Problem as problem:
        return problem.response()
    except OnewriteError as error:
        return from_error(error).response()


def _answer(request: CommandRequest, outcome: Outcome) -> func.HttpResponse:
    body: dict[str, object] = {"stream": str(request.stream), "commandId": request.command_id}
    match outcome:
        case Accepted(commit=commit):
            events = [
                event_json(version, event)
                for version, event in enumerate(commit.events, start=commit.first)
            ]
            return json_response({**body, "version": commit.version, "events": events})
        case Outdated(version=version):
            return outdated(version).response()
        case Unchanged(version=version):
            return json_response({**body, "version": version, "events": []})
        case Refused(refusal=refusal):
            return refused(refusal).response()
