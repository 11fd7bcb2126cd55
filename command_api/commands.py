"""Commands over HTTP: POST /api/{category}/{id}/{command}."""

import azure.functions as func

from command_api.composition import Application
from command_api.mailbox import put
from command_api.parsing import command_headers, command_request
from command_api.preferences import NO_PREFERENCES, Preferences
from command_api.scheduled_commands import not_before, schedule
from command_api.until_projected import is_projected
from shared.adapters.http.problems import outdated, refused
from shared.adapters.http.responses import accepted_late, event_json, json_response, no_content
from shared.kernel.commands.outcome import Accepted, Forbidden, Outcome, Outdated, Refused
from shared.kernel.commands.request import CommandRequest


async def post_command(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with the events that the command caused, without them, or with a problem."""
    headers = command_headers(req)
    actor = await application.actors.of(req.headers)
    request = command_request(req, headers, application.domain, actor)
    preferences = Preferences.of(headers["prefer"]) if "prefer" in headers else NO_PREFERENCES
    if "not-before" in headers:
        due = not_before(headers["not-before"], preferences, application)
        if due is not None:
            return await schedule(request, due, application, preferences.accepted())
    if preferences.asynchronous:
        return await put(request, application, preferences.accepted())
    outcome = await application.dispatcher.dispatch(request)
    return await _answer(request, outcome, preferences, application)


async def _answer(
    request: CommandRequest, outcome: Outcome, preferences: Preferences, application: Application
) -> func.HttpResponse:
    if isinstance(outcome, Refused):
        return refused(outcome.refusal).response(preferences.refused(outcome.charge))
    if isinstance(outcome, Forbidden):
        applied = preferences.refused(outcome.charge)
        return application.actors.forbidden(request.metadata.actor).response(applied)
    if isinstance(outcome, Outdated):
        return outdated(outcome.version).response(preferences.refused(outcome.charge))
    if preferences.projected and isinstance(outcome, Accepted):
        in_time = await is_projected(application, outcome.commit, preferences.seconds)
        if not in_time:
            return accepted_late(_body(request, outcome), preferences.late(outcome.charge))
    headers = preferences.done(outcome.charge)
    if preferences.minimal:
        return no_content(outcome.version, headers)
    return json_response(_body(request, outcome), headers)


def _body(request: CommandRequest, outcome: Outcome) -> dict[str, object]:
    events = []
    if isinstance(outcome, Accepted):
        commit = outcome.commit
        events = [event_json(n, event) for n, event in enumerate(commit.events, commit.first)]
    return {
        "stream": request.stream.text,
        "commandId": request.command_id,
        "version": outcome.version,
        "events": events,
    }
