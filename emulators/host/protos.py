"""The messages between host and worker, by the names that the worker library uses, as strict as protobuf.

Unknown fields, unknown labels of enums and wrong types are refused; None means that a field is not set.
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, model_validator


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _none_is_not_set(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value is not None}


class TypedData:
    """One value of one kind, or nothing."""

    KINDS: ClassVar = {
        "string": str,
        "bytes": bytes,
        "json": str,
        "int": int,
        "double": float,
        "http": BaseModel,
        "collection_bytes": SimpleNamespace,
        "collection_string": SimpleNamespace,
        "collection_sint64": SimpleNamespace,
    }
    __slots__ = ("_kind", "_value")

    def __init__(self, **data: Any) -> None:
        if len(data) > 1 or data.keys() - self.KINDS.keys():
            raise ValueError(f"TypedData holds one of {sorted(self.KINDS)}, not {sorted(data)}")
        self._kind: str | None = next(iter(data), None)
        self._value: Any = data.get(self._kind or "")
        if self._kind and not isinstance(self._value, self.KINDS[self._kind]):
            raise TypeError(f"TypedData.{self._kind} cannot hold {type(self._value).__name__}")

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        return self._kind

    def __getattr__(self, name: str) -> Any:
        if name == self._kind:
            return self._value
        raise AttributeError(name)


class RpcException(_Message):
    source: str = ""
    message: str = ""
    stack_trace: str = ""


class StatusResult(_Message):
    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1
    status: int = 0
    result: str = ""
    exception: RpcException | None = None


class BindingInfo(_Message):
    inout: ClassVar[int] = 2
    out: ClassVar[int] = 1
    undefined: ClassVar[int] = 0
    type: str = ""
    direction: int = 0
    data_type: int = 0


class RpcRetryOptions(_Message):
    max_retry_count: int = 0
    retry_strategy: Literal["fixed_delay", "exponential_backoff"]
    delay_interval: timedelta = timedelta()
    minimum_interval: timedelta = timedelta()
    maximum_interval: timedelta = timedelta()


class RpcFunctionMetadata(_Message):
    name: str
    function_id: str
    managed_dependency_enabled: bool = False
    directory: str = ""
    script_file: str = ""
    entry_point: str = ""
    is_proxy: bool = False
    language: str = ""
    bindings: dict[str, BindingInfo] = {}
    raw_bindings: list[str] = []
    retry_options: RpcRetryOptions | None = None
    properties: dict[str, str] = {}


class WorkerMetadata(_Message):
    runtime_name: str = ""
    runtime_version: str = ""
    worker_version: str = ""
    worker_bitness: str = ""
    custom_properties: dict[str, str] = {}


class WorkerInitResponse(_Message):
    capabilities: dict[str, str] = {}
    worker_metadata: WorkerMetadata | None = None
    result: StatusResult


class FunctionMetadataResponse(_Message):
    use_default_metadata_indexing: bool = False
    function_metadata_results: list[RpcFunctionMetadata] = []
    result: StatusResult


class NullableString(_Message):
    value: str = ""


class NullableBool(_Message):
    value: bool = False


class NullableDouble(_Message):
    value: float = 0.0


class Timestamp(_Message):
    seconds: int = 0


class NullableTimestamp(_Message):
    value: Timestamp | None = None


class _SameSite:
    Lax = 1
    Strict = 2
    ExplicitNone = 3


setattr(_SameSite, "None", 0)


class RpcHttpCookie(_Message):
    SameSite: ClassVar = _SameSite
    name: str
    value: str = ""
    domain: NullableString | None = None
    path: NullableString | None = None
    expires: NullableTimestamp | None = None
    secure: NullableBool | None = None
    http_only: NullableBool | None = None
    same_site: int = 0
    max_age: NullableDouble | None = None


class RpcHttp(_Message):
    method: str = ""
    url: str = ""
    headers: dict[str, str] = {}
    body: TypedData = TypedData()
    params: dict[str, str] = {}
    query: dict[str, str] = {}
    status_code: str = ""
    cookies: list[RpcHttpCookie] = []
    enable_content_negotiation: bool = False


class ParameterBinding(_Message):
    name: str
    data: TypedData

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - protobuf's name
        return "data"


class InvocationResponse(_Message):
    invocation_id: str
    return_value: TypedData | None = None
    result: StatusResult
    output_data: list[ParameterBinding] = []
