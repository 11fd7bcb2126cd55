"""An app that writes down what it is called with, and fails or waits as the data tells it to."""

import asyncio
import json
import os
import threading
from pathlib import Path
from typing import Any, List

import azure.functions as func
from azure.functions.warmup import WarmUpContext

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
TWELVE = threading.Barrier(12)
"""Passed only by twelve calls at once."""
BATCHES: list[str] = []
"""What this process has been brought, by function."""


def journal(**entry: Any) -> None:
    with Path(os.environ["JOURNAL"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def is_there(file: str) -> bool:
    return Path(file).exists()


async def behave(function: str, data: list[dict[str, Any]], context: func.Context) -> None:
    BATCHES.append(function)
    retry = context.retry_context.retry_count
    # The library declares another name than the worker gives it.
    raised = context.retry_context.rpc_exception  # type: ignore[attr-defined]
    journal(
        function=function,
        attempt=retry + 1,
        id=context.invocation_id,
        told=raised.message if raised else "",
        data=data,
    )
    for one in data:
        while "waitFor" in one and not is_there(one["waitFor"]):
            await asyncio.sleep(0.01)
        if retry < one.get("failures", 0):
            raise ValueError(f"attempt {retry + 1} fails")
    journal(function=function, done=[one["id"] for one in data])


@app.route("echo/{first}/{second}", methods=["POST"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    said = {
        "method": req.method,
        "url": req.url,
        "params": dict(req.route_params),
        "query": dict(req.params),
        "header": req.headers.get("X-Twice"),
        "principal": {name: one for name, one in req.headers.items() if "principal" in name},
        "body": req.get_body().decode(),
    }
    headers = {"X-Mine": "yes"}
    return func.HttpResponse(
        json.dumps(said), status_code=202, headers=headers, mimetype="application/json"
    )


@app.route("echo/first/{second}", methods=["POST"])
async def before_echo(req: func.HttpRequest) -> str:
    return f"literal {req.route_params['second']}"


@app.route("rest/{*rest}")
async def everything(req: func.HttpRequest) -> str:
    return f"{req.method} {req.route_params['rest']}"


@app.route("fails", methods=["GET"])
async def fails(req: func.HttpRequest) -> func.HttpResponse:
    raise ValueError(req.url)


@app.route("keyed", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def keyed(req: func.HttpRequest) -> str:
    return f"keyed {dict(req.params)}"


@app.route("ruled", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def ruled(req: func.HttpRequest) -> str:
    return f"ruled {req.method}"


@app.route("waits", methods=["GET"])
async def waits(req: func.HttpRequest) -> str:
    journal(function="waits")
    while not is_there(req.params["for"]):
        await asyncio.sleep(0.01)
    return "waited"


@app.route("counted", methods=["GET"])
async def counted(req: func.HttpRequest) -> str:  # noqa: ARG001 - the trigger's
    return f"{len(BATCHES)} batches"


@app.route("meets", methods=["GET"])
def meets(req: func.HttpRequest) -> str:  # noqa: ARG001 - the trigger's
    TWELVE.wait(timeout=60)
    return "met"


@app.route("answers/{how}", methods=["GET"])
async def answers(req: func.HttpRequest) -> func.HttpResponse:
    headers = {
        "cookie": {"Set-Cookie": "a=1+2; Max-Age=5; HttpOnly; SameSite=Strict"},
        "length": {"Content-Length": "2"},
        "wrong-length": {"Content-Length": "7"},
        "umlaut": {"X-Mine": "ü"},
    }
    return func.HttpResponse("ok", headers=headers[req.route_params["how"]])


@app.event_grid_trigger(arg_name="event")
async def delivered(event: func.EventGridEvent) -> None:
    journal(function="delivered", data=[event.get_json()])
    if event.get_json().get("fails"):
        raise ValueError("as it was told")


@app.cosmos_db_trigger(
    arg_name="documents",
    connection="COSMOS",
    database_name="%DATABASE%",
    container_name="%WATCHED%",
    lease_container_name="%LEASES%",
    lease_container_prefix="without",
    start_from_beginning=True,  # type: ignore[arg-type]  # the library declares a time, and sends a bool
    feed_poll_delay=50,
)
async def without_policy(documents: str, context: func.Context) -> None:
    await behave("without_policy", json.loads(documents), context)


@app.cosmos_db_trigger(
    arg_name="documents",
    connection="COSMOS",
    database_name="%DATABASE%",
    container_name="%WATCHED%",
    lease_container_name="%LEASES%",
    lease_container_prefix="with",
    start_from_beginning=True,  # type: ignore[arg-type]  # the library declares a time, and sends a bool
    feed_poll_delay=50,
)
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
async def two_retries(documents: str, context: func.Context) -> None:
    await behave("two_retries", json.loads(documents), context)


@app.cosmos_db_trigger(
    arg_name="documents",
    connection="COSMOS",
    database_name="%DATABASE%",
    container_name="%WATCHED%",
    lease_container_name="%LEASES%",
    lease_container_prefix="endless",
    start_from_beginning=True,  # type: ignore[arg-type]  # the library declares a time, and sends a bool
    feed_poll_delay=50,
)
@app.retry(strategy="fixed_delay", max_retry_count="-1", delay_interval="00:00:01")
async def endless(documents: str, context: func.Context) -> None:
    await behave("endless", json.loads(documents), context)


@app.event_hub_message_trigger(
    arg_name="events",
    connection="EVENTHUBS",
    event_hub_name="%HUB%",
    consumer_group="%GROUP%",
    cardinality="many",
    data_type="binary",
)
@app.retry(
    strategy="exponential_backoff",
    max_retry_count="-1",
    minimum_interval="00:00:00",
    maximum_interval="00:00:01",
)
async def for_ever(events: List[func.EventHubEvent], context: func.Context) -> None:
    await behave("for_ever", [json.loads(event.get_body()) for event in events], context)


@app.timer_trigger("due", schedule="* * * * * *")
async def every_second(due: func.TimerRequest) -> None:
    journal(function="every_second", pastDue=due.past_due)


@app.warm_up_trigger("starting")
async def warm_up(starting: WarmUpContext) -> None:  # noqa: ARG001 - the trigger's, and empty
    journal(function="warm_up")
