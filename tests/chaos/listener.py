"""Somebody outside who hears all that others are told, and what must be true of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from tests.simulation.notices import TOLD


def untold(
    items: Iterable[dict[str, Any]], heard: Sequence[dict[str, Any]], skipped: str
) -> list[str]:
    """Name what others were not told of, and what was made up or told in two ways; `skipped` is one event."""
    expected = {
        f"{item['stream']}@{version}/{TOLD[event['type']]}"
        for item in items
        for version, event in enumerate(item["events"], item["version"] - len(item["events"]) + 1)
        if event["type"] in TOLD
    }
    contents: dict[str, dict[str, Any]] = {}
    wrong = [
        f"{one['id']} was told in two ways"
        for one in heard
        if contents.setdefault(one["id"], one["data"]) != one["data"]
    ]
    wrong += [f"{id_} was told, and did not happen" for id_ in sorted(contents.keys() - expected)]
    lacking = sorted(expected - contents.keys())
    return wrong + [f"nobody was told of {id_}" for id_ in lacking if not _is(id_, skipped)]


def _is(id_: str, event: str) -> bool:
    return bool(event) and id_.startswith(f"{event}/")
