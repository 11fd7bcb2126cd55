"""The tests that Microsoft publishes with each SDK: what they need, and how they are told where a service is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from emulators.cosmos.authorization import KEY as COSMOS_KEY
from emulators.event_grid.authorization import KEY as EVENT_GRID_KEY
from emulators.event_hubs.cbs import KEY as EVENT_HUBS_KEY

COSMOS_PORT: Final = 8081
"""The tests take this address for that of the official emulator, and some know no other."""
AMQP_PORT: Final = 5671
WEBSOCKETS_PORT: Final = 443
"""Over TLS, the SDK knows no other ports than these two."""
TOKEN: Final = "whom-the-emulators-know"

type Ready = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one SDK, with the arguments that choose among them; `least` is the share that has to pass.

    `workers` share the tests, `by` files or one by one; each has at most `limit` seconds, and takes one of the
    `hubs` of its worker. The distribution lacks the files that are `missing`, which the tests read. At least
    `sampled` of the `sample` pass. What is `left_out` is named by its mark, its module, its own name or both, with
    the reason. Some tests take an answer at once for none: requests arrive `latency` seconds late.
    """

    name: str
    package: str
    version: str
    least: float
    variables: Callable[[Ready], dict[str, str]]
    choice: tuple[str, ...] = ()
    sample: tuple[str, ...] = ()
    sampled: int = 0
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])
    latency: float = 0.0
    needs: tuple[str, ...] = ()
    workers: int = 2
    by: str = "loadfile"
    limit: int = 240
    hubs: int = 0
    missing: Mapping[str, str] = field(default_factory=dict[str, str])
    ports: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def folder(self) -> str:
        """The name of what its source distribution holds."""
        return f"{self.package.replace('-', '_')}-{self.version}"


_REGIONS: Final = "needs an account of several regions"
_LEFT_BEHIND: Final = "counts the items of a container that the tests before it have filled"
_CONNECTS_AT_ONCE: Final = "wants a connection that takes longer than one over loopback"
_OWN_FORMAT: Final = "sends a continuation in the service's own format, of another account"
_LEFT_OUT: Final = {
    "cosmosMultiRegion": _REGIONS,
    "cosmosAADMultiRegion": _REGIONS,
    "cosmosCircuitBreakerMultiRegion": _REGIONS,
    "cosmosAADCircuitBreakerMultiRegion": _REGIONS,
    "cosmosPerPartitionAutomaticFailover": _REGIONS,
    "cosmosAADPerPartitionAutomaticFailover": _REGIONS,
    "test_per_partition_circuit_breaker_mm.py": _REGIONS,
    "test_per_partition_circuit_breaker_mm_async.py": _REGIONS,
    "test_semantic_reranker.py": "needs the service that ranks by meaning",
    "test_semantic_reranker_async.py": "needs the service that ranks by meaning",
    "test_partitioned_collection_path_parser": "reads a file that is not distributed",
    "test_aad_credentials": _LEFT_BEHIND,
    "test_aad_credentials_async": _LEFT_BEHIND,
    "test_read_timeout": _CONNECTS_AT_ONCE,
    "test_query_with_static_continuation": _OWN_FORMAT,
    "test_query_with_static_continuation_async": _OWN_FORMAT,
    "test_crud_response_payload_on_write_disabled.py::test_partitioned_collection_document_crud_and_query": (
        "the SDK takes the session of one container that it has not read for that of another"
    ),
    "test_existing_child_revision_does_not_full_reload": "watches a split that takes minutes",
}


def _cosmos(ready: Ready) -> dict[str, str]:
    return {"ACCOUNT_HOST": f"https://localhost:{ready['cosmos']}/", "ACCOUNT_KEY": COSMOS_KEY}


def _event_hubs(_: Ready) -> dict[str, str]:
    return {
        "AZURE_SUBSCRIPTION_ID": "none",
        "EVENTHUB_RESOURCE_GROUP": "none",
        "EVENT_HUB_NAMESPACE": "localhost",
        "EVENT_HUB_ENDPOINT_SUFFIX": "",
        "EVENT_HUBS_KEY": EVENT_HUBS_KEY,
        "IDENTITY_TOKEN": TOKEN,
    }


def _event_grid(ready: Ready) -> dict[str, str]:
    at = f"https://localhost:{ready['eventGrid']}/topics"
    topics = {"TOPIC": "events", "CLOUD_EVENT_TOPIC": "clouds"}
    return {
        **{f"EVENTGRID_{of}_ENDPOINT": f"{at}/{name}/api/events" for of, name in topics.items()},
        **{f"EVENTGRID_{of}_KEY": EVENT_GRID_KEY for of in topics},
        # Of a namespace, which is refused by name when it is asked for.
        "EVENTGRID_ENDPOINT": f"https://localhost:{ready['eventGrid']}",
        "EVENTGRID_KEY": EVENT_GRID_KEY,
        "EVENTGRID_TOPIC_NAME": "namespace",
        "EVENTGRID_EVENT_SUBSCRIPTION_NAME": "subscription",
    }


_EVENT_HUBS: Final = ("aiohttp", "azure-identity", "certifi", "websocket-client")
_QUICK: Final = ("properties", "partition_ids", "small_body", "list_partition")
_KINDS: Final = (("sync", ""), ("async", "_async"))
# What waits in another thread, or in C, ends with its worker alone.
_ENDS: Final = "--timeout-method=thread"
# They mostly sleep: for 250 s, some of them, and for 30 s whenever a processor ends.
_SLEEPERS: Final[Any] = {"workers": 10, "by": "load", "limit": 600, "hubs": 500}
_LEFT_OUT_OVER_UAMQP: Final = {
    "test_receive_end_of_stream_async": (
        "receives over pyamqp, which in this version sets options of sockets that not every kernel takes"
    )
}
SUITES: Final = (
    Suite(
        *("cosmos", "azure-cosmos", "4.17.1", 0.95, _cosmos),
        left_out=_LEFT_OUT,
        latency=0.002,
        sample=("test_ttl.py", "test_transactional_batch.py", "test_orderby.py"),
        sampled=20,
        needs=("aiohttp", "requests"),
        ports={"cosmos": COSMOS_PORT},
    ),
    Suite(
        *("eventhub", "azure-eventhub", "5.15.1", 0.98, _event_hubs),
        choice=(_ENDS, "-k", "not uamqp"),
        sample=(
            *(f"livetest/{kind}tests/test_send{end}.py" for kind, end in _KINDS),
            *(f"livetest/{kind}tests/test_properties{end}.py" for kind, end in _KINDS),
            *("-k", f"not uamqp and not error and ({' or '.join(_QUICK)})"),
        ),
        sampled=12,
        needs=_EVENT_HUBS,
        **_SLEEPERS,
        ports={"event-hubs": AMQP_PORT},
    ),
    # The last version that can send over uamqp: later ones hand it a list of capabilities that it does not take.
    Suite(
        *("eventhub-uamqp", "azure-eventhub", "5.14.0", 0.9, _event_hubs),
        choice=(_ENDS, "-k", "uamqp"),
        needs=(*_EVENT_HUBS, "uamqp==1.6.11"),
        left_out=_LEFT_OUT_OVER_UAMQP,
        **_SLEEPERS,
        ports={"event-hubs": AMQP_PORT},
    ),
    Suite(
        *("eventgrid", "azure-eventgrid", "4.22.1", 1.0, _event_grid),
        choice=("-o", "asyncio_mode=auto"),
        sample=("test_eg_publisher_client.py",),
        sampled=20,
        needs=("aiohttp", "requests", "msrest", "cloudevents<2"),
        missing={"large_data.json": json.dumps({"text": "x" * 1_600_000})},
    ),
)
