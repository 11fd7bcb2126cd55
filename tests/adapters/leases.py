"""Leases as the trigger of Microsoft writes them: ids, versions and bounds as they were recorded."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

ACCOUNT = "127.0.0.1_AAAAAQ=="
PREFIX = "single-publisher"


def lease(
    rid: str, token: str, first: str, beyond: str, place: str | None, **more: Any
) -> dict[str, Any]:
    """Write a lease; `token` is the number of a range, or the bounds of what a merge has left."""
    return {
        "id": f"{PREFIX}{ACCOUNT}_{rid}..{token}",
        "version": 1 if "-" in token else 0,
        "LeaseToken": token,
        "FeedRange": {"Range": {"min": first, "max": beyond}},
        "Owner": None,
        "ContinuationToken": place,
        "properties": {},
        "timestamp": "2026-11-30T01:39:16.5585724Z",
        "Mode": "Incremental Feed",
        **more,
    }


def beside(rid: str, kind: str) -> dict[str, Any]:
    """Write what stands beside the leases: `info` once they are made, `lock` while they are."""
    lives = {"ttl": 30} if kind == "lock" else {}
    return {"id": f"{PREFIX}{ACCOUNT}_{rid}.{kind}", **lives}


def started(rid: str) -> list[dict[str, Any]]:
    """Give the leases before anything was published."""
    cuts = ["", "10", "20", "30", "FF"]
    ranges = pairwise(cuts)
    return [
        *(lease(rid, str(n), first, beyond, None) for n, (first, beyond) in enumerate(ranges)),
        beside(rid, "info"),
    ]


def split(rid: str) -> list[dict[str, Any]]:
    """Give them when the second range has split, and both children have gone on."""
    return [
        lease(rid, "0", "", "10", '"4"'),
        lease(rid, "4", "10", "18", '"20"'),
        lease(rid, "5", "18", "20", '"21"'),
        lease(rid, "2", "20", "30", '"8"'),
        lease(rid, "3", "30", "FF", '"16"'),
        beside(rid, "info"),
    ]


def merged(rid: str) -> list[dict[str, Any]]:
    """Give them when the last two have merged: two leases of version 1 under one range."""
    return [
        lease(rid, "0", "", "10", '"6"'),
        lease(rid, "1", "10", "20", '"20"'),
        lease(rid, "20-30", "20", "30", '"12"'),
        lease(rid, "30-FF", "30", "FF", '"24"'),
        beside(rid, "info"),
    ]


def places(leases: list[dict[str, Any]]) -> Mapping[str, str | None]:
    """Give what the adapter reads of leases: the place by the stretch."""
    ranges = [(one["FeedRange"]["Range"], one) for one in leases if "FeedRange" in one]
    return {f"{r['min']}-{r['max']}": one["ContinuationToken"] for r, one in ranges}
