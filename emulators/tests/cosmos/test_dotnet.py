"""What Microsoft.Azure.Cosmos 3.64 and its change feed processor sent in 232 cases, sent again."""

import json
import re
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from emulators.cosmos.rids import read_rid
from emulators.tests.cosmos.conftest import Account
from emulators.tests.cosmos.rest import Answer, Rest, rest

RECORDED = Path(__file__).with_name("dotnet-requests.jsonl")
# The recording leaves out the binary batches, and cuts a body of more than 2 MiB.
HYBRID_ROW = b"\x81 left out"
TOO_LARGE = json.dumps({"id": "big", "pk": "a", "text": "x" * 2_100_000}).encode()

REFUSED = {
    "container.create.hierarchical": "hierarchical partition keys",
    "container.create.avad": "changeFeedPolicy",
    "user.create": "users",
    "item.patch": "patch",
    "item.patch.predicate412": "patch",
    "query.single.indexMetrics": "index metrics",
    "query.cross.indexMetrics": "index metrics",
    "storedProcedure.create": "stored procedures",
    "conflicts.feed": "conflicts",
    **{
        f"query.{scope}.fn EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = 't1')": "EXISTS"
        for scope in ("single", "cross")
    },
}
# How many offers of throughput are there.
OFFERS = {
    "database.readThroughput": 0,
    "container.readThroughput": 1,
    "container.replaceThroughput": 1,
}
# The containers of these could not be made.
WITHOUT_CONTAINER = {"feed.avad.now", "hpk.createRead"}
STATUS = {
    "item.create.conflict": 409,
    "item.create.noId": 400,
    "item.replace.etag": 412,
    "item.ttl.bad": 400,
    "item.uniqueKey.conflict": 201,
    "item.uniqueKey.replaceConflict": 409,
    "query.single.multiOrderBy": 400,
    "query.cross.multiOrderBy": 400,
}


class Replay:
    """Sends requests again, with what the emulator has in place of what another had: ids, etags, continuations."""

    def __init__(self, client: Rest) -> None:
        self._client = client
        self._container: dict[str, str] = {}
        self._etags: dict[str, str] = {}
        self._continuation = ""

    async def send(self, recorded: dict[str, Any]) -> Answer:
        path, by_rid = await self._path(recorded["path"])
        headers = dict(recorded["headers"])
        if "if-match" in headers and recorded.get("status") in {200, 204}:
            if path not in self._etags:
                await self._make(path, recorded)
            headers["if-match"] = self._etags[path]
        if "if-none-match" in headers and path.endswith("/pkranges"):
            headers["if-none-match"] = self._etags.get(path, "")
        if headers.pop("x-ms-continuation", None):
            # The recording leaves out items that came in binary batches: a page may be the last here.
            headers |= {"x-ms-continuation": self._continuation} if self._continuation else {}
        body = await self._of_an_offer(recorded) if path == "/offers" else _body(recorded)
        answer = await self._client.ask(
            recorded["method"], path, body, by_rid=by_rid, headers=headers
        )
        self._continuation = answer.headers.get("x-ms-continuation", "")
        self._remember(path, answer)
        return answer

    async def _path(self, path: str) -> tuple[str, bool]:
        parts = path.strip("/").split("/")
        if parts[0] != "dbs" or len(parts) < 2:
            return path, False
        if not (numbers := read_rid(parts[1])):
            self._container[parts[1]] = parts[3] if len(parts) > 3 else ""
            return path, False
        name = ("onewrite", "net")[numbers[0] - 1]
        database = await self._client.ask("GET", f"/dbs/{name}")
        parts[1] = database.body["_rid"]
        if len(parts) > 3:
            found = await self._client.ask("GET", f"/dbs/{name}/colls/{self._container[name]}")
            parts[3] = found.body.get("_rid", parts[3])
        return f"/{'/'.join(parts)}", True

    async def _of_an_offer(self, recorded: dict[str, Any]) -> Any:
        """Ask for the throughput of what has its place here."""
        query = json.loads(recorded["body"])
        [wanted] = query["parameters"]
        is_container = len(read_rid(wanted["value"])) > 1
        link = "/dbs/net" + (f"/colls/{self._container['net']}" if is_container else "")
        wanted["value"] = (await self._client.ask("GET", link)).body["_rid"]
        return query

    async def _make(self, path: str, recorded: dict[str, Any]) -> None:
        """Create an item that the recording begins with, or find it."""
        key = "x-ms-documentdb-partitionkey"
        headers = {key: recorded["headers"][key], "x-ms-documentdb-is-upsert": "True"}
        body = {"id": json.loads(headers[key])[0]}
        answer = await self._client.ask("POST", path.rpartition("/")[0], body, headers=headers)
        assert answer.status in {200, 201}, answer.text
        self._etags[path] = answer.headers["etag"]

    def _remember(self, path: str, answer: Answer) -> None:
        if "etag" in answer.headers:
            item = json.loads(answer.text or "{}").get("id")
            for place in (path, f"{path}/{item}"):
                self._etags[place] = answer.headers["etag"]


def _body(recorded: dict[str, Any]) -> bytes | None:
    if recorded["headers"].get("x-ms-cosmos-is-batch-request"):
        return HYBRID_ROW
    if recorded["case"] == "item.create.413":
        return TOO_LARGE
    return recorded["body"].encode() if "body" in recorded else None


def _expected(case: str) -> set[int]:
    if case in STATUS:
        return {STATUS[case]}
    if named := re.search(r"(?<!\d)(4\d\d)(?!\d)", case):
        return {int(named[1])}
    return {200, 201, 204, 304}


def _is_right(case: str, answer: Answer) -> bool:
    """Judge the last answer of a case: what it wanted, or a refusal that names what it wanted."""
    if case in REFUSED:
        return answer.status == 501 and REFUSED[case] in answer.message
    if case.startswith(("batch.", "bulk.")):
        return answer.status == 501 and "HybridRow" in answer.message
    if case in OFFERS:
        return len(answer.body["Offers"]) == OFFERS[case]
    if case in WITHOUT_CONTAINER:
        return answer.status == 404 and "container" in answer.text
    return answer.status in _expected(case)


async def test_every_case_is_answered_or_refused_by_name(cosmos: Account) -> None:
    recorded = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
    cases = {case: list(rows) for case, rows in groupby(recorded, itemgetter("case"))}
    wrong: list[str] = []
    async with rest(cosmos.port) as client:
        await _prepare(client)
        replay = Replay(client)
        for case, rows in cases.items():
            for row in rows:
                answer = await replay.send(row)
                if answer.status in {401, 403} or (answer.status >= 500 and answer.status != 501):
                    wrong.append(f"{case}: {answer.status} {answer.text[:200]}")
                # Nobody wrote the events that the processor found.
                if "status" in row and answer.status not in {row["status"], 304}:
                    wrong.append(f"{case}: {answer.status} instead of {row['status']}")
            if not _is_right(case, answer):
                wrong.append(f"{case}: {answer.status} {answer.text[:200]}")

    assert not wrong, "\n".join(wrong)
    assert len(cases) > 230


async def _prepare(client: Rest) -> None:
    """Make what the recorded requests found."""
    index = [{"path": f"/{name}", "order": "descending"} for name in ("stream", "version")]
    policy = {"includedPaths": [{"path": "/*"}], "compositeIndexes": [index]}
    await client.ask("POST", "/dbs", {"id": "onewrite"})
    for name, path in (("events", "/stream"), ("leases", "/id")):
        described = {
            "id": name,
            "partitionKey": {"paths": [path]},
            "defaultTtl": -1,
            "indexingPolicy": policy,
        }
        answer = await client.ask("POST", "/dbs/onewrite/colls", described)
        assert answer.status == 201, answer.text
