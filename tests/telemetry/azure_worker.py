"""Microsoft's worker as Azure runs it: the root logger at INFO, a span of the host's around each call.

Run by test_worker.py: it calls the functions that are named, each once.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from types import SimpleNamespace

import azure_functions_runtime

from emulators.host import protos, worker
from emulators.host.protos import RpcFunctionMetadata, RpcHttp, TypedData
from emulators.tests.event_hubs.haste import POLLING, Hasty
from infra.local.stack import ROOT
from shared.adapters.cosmos.codec import to_item
from tests.kernel.worlds import commit

TRACE, CLIENT, HOST = "4bf92f3577b34da6a3ce929d0e0e4736", "b7ad6b7169203331", "00f067aa0ba902b7"
COMMAND = RpcHttp(
    method="POST",
    url="http://127.0.0.1:7071/api/item/TEA/register-item",
    headers={"content-type": "application/json", "traceparent": f"00-{TRACE}-{CLIENT}-01"},
    params={"category": "item", "id": "TEA", "command": "register-item"},
    query={},
    body=TypedData(bytes=b'{"name": "Tea", "reorderPoint": 2}'),
)


async def call(function: RpcFunctionMetadata, data: TypedData) -> None:
    """Call a function within a span of the host's."""
    (argument,) = (one for one in function.bindings if one != "$return")
    invocation = SimpleNamespace(
        invocation_id="i",
        function_id=function.function_id,
        input_data=[protos.ParameterBinding(name=argument, data=data)],
        trigger_metadata={},
        trace_context=SimpleNamespace(
            trace_parent=f"00-{TRACE}-{HOST}-01", trace_state="", attributes={}
        ),
        retry_context=SimpleNamespace(retry_count=0, max_retry_count=0, exception=None),
    )
    answer = await azure_functions_runtime.invocation_request(
        SimpleNamespace(request=SimpleNamespace(invocation_request=invocation))
    )
    if answer.result.exception is not None:
        print(answer.result.exception.message)


GIVEN = {
    "command": TypedData(http=COMMAND),
    "single_publisher": TypedData(string=json.dumps([to_item(commit(1))])),
}


async def run(names: Sequence[str]) -> None:
    """Call functions; those without anything else to take are timers."""
    functions = {one.name: one for one in await worker.index(ROOT)}
    for name in names:
        await call(functions[name], GIVEN.get(name, TypedData(json="{}")))


if __name__ == "__main__":
    for module in POLLING:
        module.asyncio = Hasty()  # type: ignore[attr-defined]
    logging.getLogger().setLevel(logging.INFO)
    asyncio.run(run(sys.argv[1:]))
