"""The worker: Microsoft's library indexes, decodes and calls the functions, in this process."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import azure_functions_runtime
from azure_functions_runtime.utils.threadpool import start_threadpool_executor

from emulators.host import protos
from emulators.host.protos import InvocationResponse, RpcFunctionMetadata, TypedData

THREADS = "1000"
"""So many synchronous functions run at once: the host asks the worker for it."""


class IndexingError(Exception):
    """The app cannot be indexed: in Azure it would have no function at all."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Which attempt an invocation is, and what ended the last one."""

    count: int = 0
    most: int = 0
    exception: protos.RpcException | None = None


async def index(app: Path) -> Sequence[RpcFunctionMetadata]:
    """Load the app and give its functions; raises IndexingError with the worker's message."""
    sys.path.insert(0, str(app))
    os.environ.setdefault("PYTHON_THREADPOOL_THREAD_COUNT", THREADS)
    start_threadpool_executor()
    init = SimpleNamespace(capabilities={}, function_app_directory=str(app))
    answer = await azure_functions_runtime.worker_init_request(
        SimpleNamespace(
            request=SimpleNamespace(worker_init_request=init),
            properties={"protos": protos, "host": "127.0.0.1"},
        )
    )
    if answer.result.status != protos.StatusResult.Success:
        raise IndexingError(answer.result.exception.message)
    listed = await azure_functions_runtime.functions_metadata_request(None)
    functions: Sequence[RpcFunctionMetadata] = listed.function_metadata_results
    return functions


async def invoke(
    function: RpcFunctionMetadata,
    argument: str,
    data: TypedData,
    metadata: Mapping[str, TypedData],
    *,
    retry: Retry,
    id_: str,
) -> InvocationResponse:
    """Call a function once; what it raised is in the result, never raised here."""
    invocation = SimpleNamespace(
        invocation_id=id_,
        function_id=function.function_id,
        input_data=[protos.ParameterBinding(name=argument, data=data)],
        trigger_metadata=metadata,
        trace_context=SimpleNamespace(trace_parent="", trace_state="", attributes={}),
        retry_context=SimpleNamespace(
            retry_count=retry.count, max_retry_count=retry.most, exception=retry.exception
        ),
    )
    answer: InvocationResponse = await azure_functions_runtime.invocation_request(
        SimpleNamespace(request=SimpleNamespace(invocation_request=invocation))
    )
    return answer
