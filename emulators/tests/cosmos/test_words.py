"""Each refusal word for word: whole bodies, as the documentation, the SDK or reports of others have them.

Where no source was found for a sentence, its row has None: only status, substatus and code are held.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from emulators.tests.cosmos.conftest import account
from emulators.tests.cosmos.rest import DOCS, PK, QUERY, Rest, create, key, make, rest

IDENTITY = "identity"
ACTIVITY = "0f8fad5b-d9cb-469f-a165-70867728950e"
P = key("p")
ONE = f"{DOCS}/1"
AS_IDENTITY = {"authorization": f"type%3Daad%26ver%3D1.0%26sig%3D{IDENTITY}"}
BATCH = {**P, "x-ms-cosmos-is-batch-request": "True", "x-ms-cosmos-batch-atomic": "True"}
READ_ONE = {"operationType": "Read", "id": "1"}
FEED = {**P, "A-IM": "Incremental Feed"}
RANGE = {"A-IM": "Incremental Feed", "x-ms-documentdb-partitionkeyrangeid": "99"}

NO_ENTITY = "Entity with the specified id does not exist in the system."
EXISTS = "Entity with the specified id already exists in the system."
NO_RESOURCE = "Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"
PRECONDITION = "Operation cannot be performed because one of the specified precondition is not met."
BAD_SESSION = "The session token provided '0:now' is invalid."
AHEAD = "The read session is not available for the input session token."
STRONG = (
    "ConsistencyLevel Strong specified in the request is invalid when service is configured with"
    " consistency level Session. Ensure the request consistency level is not stronger than the service"
    " consistency level."
)
CROSS = (
    "Cross partition query is required but disabled. Please set"
    " x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise"
    " your query to avoid this exception."
)
FIRST_CHANCE = (
    "The provided cross partition query can not be directly served by the gateway. This is a first chance"
    " (internal) exception that all newer clients will know how to handle gracefully."
)
NO_INDEX = "The index path corresponding to the specified order-by item is excluded."
NO_COMPOSITE = (
    "The order by query does not have a corresponding composite index that it can be served from."
)
MISMATCH = "PartitionKey extracted from document doesn't match the one specified in the header."
WRONG_KEY = (
    "Partition key provided either doesn't correspond to definition in the collection or doesn't match"
    " partition key field values specified in the document."
)
TTL = (
    "The input ttl '0' is invalid. Ensure to provide a nonzero positive integer less than or equal to"
    " '2147483647', or -1."
)
NO_ID = "The input content is invalid because the required properties - 'id; ' - are missing"
ROOT = (
    'The special mandatory indexing path "/" is not provided in any of the path type sets. Please provide'
    " this path in one of the sets."
)
DATA_PLANE = (
    "The given request [POST /dbs] cannot be authorized by AAD token in data plane. Learn more:"
    " https://aka.ms/cosmos-native-rbac."
)
PAGE_SIZE = (
    "The input PageSize many is invalid. Ensure to pass a valid page size which must be a positive integer or"
    " -1 for a dynamic page size."
)
NO_AUTHORIZATION = (
    "Required Header authorization is missing. Ensure a valid Authorization token is passed."
)
NO_DATE = "Authorization token mandates Date headers. Please pass in RFC 1123 style date format."
GONE = "The requested resource is no longer available at the server."
POLICY = {"includedPaths": [{"path": "/*"}], "excludedPaths": [{"path": "/a/*"}]}
TOO_MANY = "Batch request has more operations than what is supported."
CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
}
NOT_ENABLED = {**QUERY, "x-ms-documentdb-query-enablecrosspartition": "False"}
UNKNOWN = "Value 'Certain' specified for the header 'x-ms-consistency-level' is invalid."
BAD_ETAG = "Value 'x' specified for the header 'If-None-Match' is invalid."
NO_KEY = (
    "The partition key supplied in x-ms-partitionkey header has fewer components than defined in the the"
    " collection."
)
BAD_PAYLOAD = "The request payload is invalid. Ensure to provide a valid request payload."
BAD_INPUT = "One of the specified inputs is invalid"
TOO_DEEP = "Exceeded the maximum level of nesting for JSON."
KEY_IS_FIXED = "Document collection partition key cannot be changed."
UNIQUES_ARE_FIXED = (
    "The unique index cannot be modified. To change the unique index, remove the collection and re-create a"
    " new one."
)
BAD_KEY = {"x-ms-documentdb-partitionkey": "p"}
ROOTLESS = {"id": "e", "partitionKey": PK, "indexingPolicy": {"includedPaths": [{"path": "/a/?"}]}}
SAME: dict[str, Any] = {"id": "c", "partitionKey": PK}
OTHER_KEY = {"partitionKey": {**PK, "paths": ["/other"]}}
LARGE = {"id": "2", "pk": "p", "text": "x" * 2_100_000}
TWICE = {"id": "2", "pk": "p", "u": 1}
DEEP: Any = 1
for _ in range(128):
    DEEP = [DEEP]


def level(name: str) -> dict[str, str]:
    return {**P, "x-ms-consistency-level": name}


def session(token: str) -> dict[str, str]:
    return {**P, "x-ms-session-token": token}


def asks(text: str) -> dict[str, str]:
    return {"query": text}


@pytest.fixture
async def session_account(tmp_path: Path) -> AsyncIterator[Rest]:
    """Speaks to an account of level Session with an item `1`."""
    async with (
        account(tmp_path, level="Session", token=IDENTITY) as cosmos,
        rest(cosmos.port) as client,
    ):
        await client.ask("POST", "/dbs", {"id": "d"})
        unique = {"uniqueKeys": [{"paths": ["/u"]}]}
        await make(client, indexingPolicy=POLICY, uniqueKeyPolicy=unique)
        await create(client, {"id": "1", "pk": "p", "u": 1})
        yield client


@pytest.mark.parametrize(
    ("asked", "status", "substatus", "sentence"),
    [
        (("POST", DOCS, asks("SELECT * FROM c"), NOT_ENABLED), 400, 0, CROSS),
        (("POST", DOCS, asks("SELECT * FROM c ORDER BY c.n"), QUERY), 400, 1004, FIRST_CHANCE),
        (("POST", DOCS, asks("SELECT * FROM c ORDER BY c.a"), {**QUERY, **P}), 400, 0, NO_INDEX),
        (
            ("POST", DOCS, asks("SELECT * FROM c ORDER BY c.m, c.n"), {**QUERY, **P}),
            400,
            0,
            NO_COMPOSITE,
        ),
        (("POST", "/dbs", {"id": "e"}, AS_IDENTITY), 403, 5300, DATA_PLANE),
        (("POST", DOCS, {"id": "2", "pk": "p", "ttl": 0}, P), 400, 0, TTL),
        (("GET", ONE, None, level("Strong")), 400, 0, STRONG),
        (("GET", ONE, None, level("Certain")), 400, 0, UNKNOWN),
        (("GET", ONE, None, session("3:-1#99")), 404, 1002, AHEAD),
        (("GET", ONE, None, session("0:now")), 400, 0, BAD_SESSION),
        (("GET", ONE, None, {"authorization": ""}), 401, 0, NO_AUTHORIZATION),
        (("GET", ONE, None, {"x-ms-date": ""}), 401, 0, NO_DATE),
        (("GET", DOCS, None, RANGE), 410, 1002, GONE),
        (("GET", DOCS, None, {**FEED, "If-None-Match": "x"}), 400, 0, BAD_ETAG),
        (("GET", DOCS, None, {**P, "x-ms-max-item-count": "many"}), 400, 0, PAGE_SIZE),
        (
            ("GET", DOCS, None, {**P, "x-ms-continuation": "x"}),
            400,
            0,
            "Invalid Continuation Token",
        ),
        (("GET", ONE, None, {}), 400, 1001, NO_KEY),
        (("GET", ONE, None, BAD_KEY), 400, 0, "Partition key p is invalid."),
        (("POST", DOCS, {"id": "2", "pk": "q"}, P), 400, 1001, MISMATCH),
        (("POST", DOCS, {"id": "2", "pk": "p"}, key("p", "q")), 400, 1001, WRONG_KEY),
        (("POST", DOCS, {"id": "2", "pk": "x" * 2049}, key("x" * 2049)), 400, 0, None),
        (("POST", DOCS, {"pk": "p"}, P), 400, 0, NO_ID),
        (("POST", DOCS, {"id": "a/b", "pk": "p"}, P), 400, 0, None),
        (("POST", DOCS, {"id": "2", "pk": "p", "deep": DEEP}, P), 400, 0, TOO_DEEP),
        (("POST", DOCS, b"{", P), 400, 0, BAD_PAYLOAD),
        (("POST", DOCS, b'{"n": 1e400}', P), 400, 0, BAD_PAYLOAD),
        (("POST", DOCS, [], P), 400, 0, BAD_INPUT),
        (("PUT", "/dbs/d/colls/c", {**SAME, **OTHER_KEY}, {}), 400, 0, KEY_IS_FIXED),
        (("PUT", "/dbs/d/colls/c", SAME, {}), 403, 0, UNIQUES_ARE_FIXED),
        (("POST", DOCS, LARGE, P), 413, 0, "Request size is too large"),
        (("GET", f"{DOCS}/2", None, P), 404, 0, NO_ENTITY),
        (("POST", DOCS, {"id": "1", "pk": "p"}, P), 409, 0, EXISTS),
        (("POST", DOCS, TWICE, P), 409, 0, "Unique index constraint violation."),
        (("PUT", ONE, {"id": "1", "pk": "p"}, {**P, "If-Match": '"x"'}), 412, 0, PRECONDITION),
        (("GET", "/dbs/e", None, {}), 404, 0, NO_RESOURCE),
        (("GET", "/dbs/d/colls/e", None, {}), 404, 0, NO_RESOURCE),
        (("POST", "/dbs", {"id": "d"}, {}), 409, 0, EXISTS),
        (("POST", "/dbs/d/colls", {"id": "c", "partitionKey": PK}, {}), 409, 0, EXISTS),
        (("PATCH", "/dbs/d", {}, {}), 405, 0, "The requested verb is not supported."),
        (("POST", "/dbs/d/colls", ROOTLESS, {}), 400, 0, ROOT),
        (("POST", DOCS, [], BATCH), 400, 0, "Batch request has no operations."),
        (("POST", DOCS, [READ_ONE] * 101, BATCH), 400, 0, TOO_MANY),
    ],
)
async def test_a_refusal_is_told_as_the_service_tells_it(
    asked: tuple[str, str, Any, dict[str, str]],
    status: int,
    substatus: int,
    sentence: str | None,
    session_account: Rest,
) -> None:
    method, path, body, headers = asked
    named = {**headers, "x-ms-activity-id": ACTIVITY}

    refused = await session_account.ask(method, path, body, headers=named)

    assert (refused.status, refused.substatus) == (status, substatus)
    assert refused.body["code"] == CODES[status]
    assert sentence is None or refused.message == sentence
    line = refused.body["message"].partition("\r\n")[2]
    assert line.partition(",")[0] == f"ActivityId: {ACTIVITY}"
    assert refused.body.keys() - {"additionalErrorInfo"} == {"code", "message"}
