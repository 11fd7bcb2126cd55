"""A plugin of pytest: stands in the place of the management plane, and of packages that only recordings need."""

import itertools
import os
import random
import sys
import uuid
from types import ModuleType, SimpleNamespace
from typing import Any

_hubs = itertools.count()
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
_SAME = random.Random(1)
_any_id = uuid.uuid4


class _Hubs:
    """Hands out hubs that are there from the start: one that is asked for is never one that somebody had."""

    def create_or_update(self, _group: str, _namespace: str, name: str, *_: Any) -> Any:
        return SimpleNamespace(name=f"{_WORKER}-{next(_hubs)}") if name.startswith("eh") else None

    def get(self, *_: Any) -> Any:
        return SimpleNamespace(properties={})

    def delete(self, *_: Any) -> None:
        return None


class EventHubManagementClient:
    """Knows one namespace, and the key that the emulator publishes."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.event_hubs = _Hubs()
        self.namespaces = self

    def list_keys(self, *_: Any) -> Any:
        name, key = "RootManageSharedAccessKey", os.environ["EVENT_HUBS_KEY"]
        text = f"Endpoint=sb://localhost/;SharedAccessKeyName={name};SharedAccessKey={key}"
        return SimpleNamespace(primary_connection_string=text, key_name=name, primary_key=key)


class _Anything:
    """Whatever of the management's models a test names."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    cloud_event_schema_v1_0 = custom_event_schema = None


def _module(name: str, **content: Any) -> None:
    made = ModuleType(name)
    vars(made).update(content)
    sys.modules[name] = made


def _same_id() -> uuid.UUID:
    return uuid.UUID(int=_SAME.getrandbits(128), version=4)


def pytest_collection_finish() -> None:
    uuid.uuid4 = _any_id


def pytest_load_initial_conftests() -> None:
    # Some tests of azure-cosmos have ids in their names, which all workers are to find alike.
    uuid.uuid4 = _same_id
    os.environ["COSMOS_TEST_DATABASE_ID"] = f"shared-by-the-tests-of-{_WORKER}"
    _module("azure.mgmt")
    _module("azure.mgmt.eventhub", EventHubManagementClient=EventHubManagementClient)
    models = ("Topic", "InputSchema", "JsonInputSchemaMapping", "JsonField", "JsonFieldWithDefault")
    _module("azure.mgmt.eventgrid")
    _module("azure.mgmt.eventgrid.models", **dict.fromkeys(models, _Anything))
    for kind in ("", "aio"):
        store = f"azure.eventhub.extensions.checkpointstoreblob{kind}"
        _module(store, BlobCheckpointStore=_Anything)
    _module("dotenv", load_dotenv=lambda: None)
    # uamqp and the SDK trust what this package names, and nothing else.
    try:
        import certifi
    except ModuleNotFoundError:
        return
    certifi.where = lambda: os.environ["SSL_CERT_FILE"]
