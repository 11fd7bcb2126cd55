"""A plugin of pytest for the tests of an SDK: which passed, which met a refusal by name, which are wrong."""

import importlib
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

# How the emulators refuse what they do not support.
# The containers of these were to have hierarchical partition keys, and so were refused before.
REFUSED_CONTAINER = re.compile(r"no container '\w*(PrefixPK|FullPK|HPK)")
REFUSALS = (
    "The emulator of Cosmos DB does not support",
    "The emulator of Event Grid does not support",
    "amqp:not-implemented",
    "is not supported",
)
LEFT_OUT = "left out: "


class Tally:
    """Counts the outcome of each test; a refusal anywhere on its way counts as one."""

    def __init__(self) -> None:
        self._outcomes: dict[str, str] = {}
        self._left_out: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.skipped and LEFT_OUT in report.longreprtext:
            self._outcomes[report.nodeid] = "left out"
            self._left_out[report.longreprtext.partition(LEFT_OUT)[2].rstrip("')")] += 1
        elif report.skipped:
            self._outcomes[report.nodeid] = "skipped"
        elif report.failed:
            text = f"{report.longreprtext}\n{report.capstdout}\n{report.caplog}"
            refused = any(words in text for words in REFUSALS) or REFUSED_CONTAINER.search(text)
            self._outcomes[report.nodeid] = "refused" if refused else "failed"
        else:
            self._outcomes.setdefault(report.nodeid, "passed")

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._outcomes[report.nodeid] = "failed"

    def pytest_sessionfinish(self, session: Any) -> None:
        if hasattr(session.config, "workerinput"):
            return
        found = {
            "counts": Counter(self._outcomes.values()),
            "left out": self._left_out,
            "failed": sorted(name for name, how in self._outcomes.items() if how == "failed"),
        }
        Path(os.environ["TALLY"]).write_text(json.dumps(found), encoding="utf-8")


def pytest_unconfigure(config: Any) -> None:
    # Clients that a test leaves open have threads that would keep the worker for ever.
    if hasattr(config, "workerinput"):
        os._exit(0)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leave out, with the reason, what a suite names by its mark, its module, its own name or both."""
    reasons = json.loads(os.environ["LEFT_OUT"])
    for item in items:
        name = getattr(item, "originalname", item.name)
        module = item.path.name
        marks = (mark.name for mark in item.iter_markers())
        names = {name, module, f"{module}::{name}", *marks}
        for reason in {reasons[one] for one in names & reasons.keys()}:
            item.add_marker(pytest.mark.skip(reason=f"{LEFT_OUT}{reason}"))


def _without_refusals(create: Any) -> Any:
    def tried(*arguments: Any, **more: Any) -> Any:
        from azure.cosmos.exceptions import CosmosHttpResponseError

        try:
            return create(*arguments, **more)
        except CosmosHttpResponseError as refused:
            if refused.status_code != 501:
                raise
            return None

    return tried


def pytest_configure(config: Any) -> None:
    config.pluginmanager.register(Tally())
    try:
        settings = importlib.import_module("test_config").TestConfig
    except ImportError:
        return
    # The session of azure-cosmos makes containers that only some of its tests use.
    for name in dir(settings):
        if name.startswith("create_") and "prefix_pk" in name:
            setattr(settings, name, _without_refusals(getattr(settings, name)))
