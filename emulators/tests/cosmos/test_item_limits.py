"""What an item, its partition key and a batch may be; nothing is a 500."""

import json
from typing import Any

import pytest

from emulators.cosmos import words
from emulators.tests.cosmos.rest import DOCS, Rest, create, key, make

MISMATCH = "PartitionKey extracted from document doesn't match the one specified in the header."
WRONG_KEY = (
    "Partition key provided either doesn't correspond to definition in the collection or doesn't match"
    " partition key field values specified in the document."
)
NAME = "The input name '{}' is invalid. Ensure to provide a unique non-empty string less than '1024' characters."
NO_ID = "The input content is invalid because the required properties - 'id; ' - are missing"
BATCH = {"x-ms-cosmos-is-batch-request": "True", "x-ms-cosmos-batch-atomic": "True"}


async def test_properties_of_ones_own_may_begin_with_an_underscore(client: Rest) -> None:
    item = {"id": "1", "pk": "p", "_mine": {"_deep": 1}, "_ts": 1, "_etag": "x"}

    written = (await create(client, item)).body
    found = await client.query(DOCS, "SELECT VALUE c._mine._deep FROM c WHERE c._mine._deep = 1")

    assert written["_mine"] == {"_deep": 1}
    assert written["_ts"] > 1
    assert found.body["Documents"] == [1]


@pytest.mark.parametrize(
    ("item", "values"),
    [
        ({"id": "1", "pk": 5}, (5.0,)),
        ({"id": "1", "pk": 5.0}, (5,)),
        ({"id": "1"}, ({},)),
        ({"id": "1", "pk": {}}, ({},)),
        ({"id": "1", "pk": {"a": 1}}, ({},)),
        ({"id": "1", "pk": None}, (None,)),
        ({"id": "1", "pk": True}, (True,)),
    ],
)
async def test_a_partition_key_may_be_any_value_or_none(
    item: dict[str, Any], values: tuple[Any, ...], client: Rest
) -> None:
    assert (await create(client, item, *values)).status == 201

    found = await client.ask("GET", f"{DOCS}/1", headers=key(*values))
    others = [await client.ask("GET", f"{DOCS}/1", headers=key(other)) for other in ("5", 1, False)]

    assert found.status == 200
    assert {other.status for other in others} == {404}


@pytest.mark.parametrize(
    ("item", "header", "status", "sentence"),
    [
        ({"id": "1", "pk": "p"}, '["q"]', (400, 1001), MISMATCH),
        ({"id": "1"}, "[null]", (400, 1001), MISMATCH),
        ({"id": "1", "pk": [1]}, "[[1]]", (400, 1001), WRONG_KEY),
        ({"id": "1", "pk": "p"}, "[]", (400, 1001), words.NO_KEY),
        ({"id": "1", "pk": "p"}, '["p","q"]', (400, 1001), WRONG_KEY),
        ({"id": "1", "pk": "p"}, "p", (400, 0), "Partition key p is invalid."),
        ({"id": "1", "pk": "x" * 2049}, json.dumps(["x" * 2049]), (400, 0), None),
        ({"id": "", "pk": "p"}, '["p"]', (400, 0), NAME.format("")),
        ({"id": "a/b", "pk": "p"}, '["p"]', (400, 0), None),
        ({"id": "x" * 1024, "pk": "p"}, '["p"]', (400, 0), NAME.format("x" * 1024)),
        ({"id": "\ud800", "pk": "p"}, '["p"]', (400, 0), None),
        ({"id": 1, "pk": "p"}, '["p"]', (400, 0), NO_ID),
        (
            {"id": "1", "pk": "p", "text": "x" * (2 * 1024 * 1024)},
            '["p"]',
            (413, 0),
            words.TOO_LARGE,
        ),
        ({"id": "1", "pk": "p", "text": "語" * 700_000}, '["p"]', (413, 0), words.TOO_LARGE),
        ([1], '["p"]', (400, 0), words.BAD_INPUT),
        ("text", '["p"]', (400, 0), words.BAD_INPUT),
        (None, '["p"]', (400, 0), words.BAD_PAYLOAD),
        (b"{", '["p"]', (400, 0), words.BAD_PAYLOAD),
        (b"\xff\xfe", '["p"]', (400, 0), words.BAD_PAYLOAD),
        (b'{"id": "1", "pk": "p", "n": 1e400}', '["p"]', (400, 0), words.BAD_PAYLOAD),
        (b"[" * 100_000, '["p"]', (400, 0), words.BAD_PAYLOAD),
    ],
)
async def test_an_item_that_cannot_be_is_refused(
    item: Any, header: str, status: tuple[int, int], sentence: str | None, client: Rest
) -> None:
    headers = {"x-ms-documentdb-partitionkey": header}

    answer = await client.ask("POST", DOCS, item, headers=headers)

    assert (answer.status, answer.substatus) == status
    # Where no source was found for a sentence, there is one that is guessed.
    assert answer.message == sentence if sentence else answer.message


async def test_the_size_of_an_item_is_that_of_its_utf_8(client: Rest) -> None:
    item = {"id": "1", "pk": "p", "text": "語" * 690_000}
    plain = json.dumps(item, ensure_ascii=False).encode()

    # The same item with escapes is a request of four megabytes.
    escaped = await create(client, item)

    assert (escaped.status, escaped.message) == (413, "Request size is too large")
    assert (await create(client, plain)).status == 201


async def test_a_request_has_two_megabytes_at_most(client: Rest) -> None:
    fits = b'{"id": "1", "pk": "p"}'.ljust(2 * 1024 * 1024)

    refused = await create(client, fits + b" ")

    assert (refused.status, refused.message) == (413, words.TOO_LARGE)
    assert (await create(client, fits)).status == 201


async def test_an_item_is_nested_only_so_deep(client: Rest) -> None:
    value: Any = 1
    for _ in range(127):
        value = [value]

    deep = await create(client, {"id": "1", "pk": "p", "deep": value})
    deeper = await create(client, {"id": "2", "pk": "p", "deep": [value]})

    assert (deep.status, deeper.status, deeper.message) == (201, 400, words.TOO_DEEP)


@pytest.mark.parametrize(
    ("path", "outer"),
    [("""/"level' 1*()"/"le/vel2\"""", "level' 1*()"), ("""/'level" 1'/'le/vel2'""", 'level" 1')],
)
async def test_the_path_of_a_key_may_have_quotes(path: str, outer: str, client: Rest) -> None:
    assert (await make(client, id="quoted", partitionKey={"paths": [path]})).status == 201

    item = {"id": "1", outer: {"le/vel2": "p"}}
    written = await client.ask("POST", "/dbs/d/colls/quoted/docs", item, headers=key("p"))

    assert written.status == 201


async def test_a_write_needs_a_partition_key(client: Rest) -> None:
    answer = await client.ask("POST", DOCS, {"id": "1", "pk": "p"})

    assert (answer.status, answer.substatus) == (400, 1001)
    assert answer.message == words.NO_KEY


@pytest.mark.parametrize(
    ("operations", "status", "said"),
    [
        ([], 400, "no operations"),
        ({"a": 1}, 400, "array of operations"),
        ([{"id": "1"}], 400, "array of operations"),
        (
            [{"operationType": "Create", "resourceBody": {"id": "1"}}] * 101,
            400,
            "more operations than",
        ),
        ([{"operationType": "Patch", "id": "1"}], 501, "the batch operation 'Patch'"),
        (b"\x81\x00", 501, "HybridRow"),
    ],
)
async def test_a_batch_that_cannot_be_is_refused(
    operations: Any, status: int, said: str, client: Rest
) -> None:
    answer = await client.ask("POST", DOCS, operations, headers={**BATCH, **key("p")})

    assert answer.status == status
    assert said in answer.message


async def test_a_batch_replaces_by_the_id_of_the_operation(client: Rest) -> None:
    for id_ in ("1", "2"):
        await create(client, {"id": id_, "pk": "p"})

    async def replace_first(by: str) -> int:
        operation = {"operationType": "Replace", "id": "1", "resourceBody": {"id": by, "pk": "p"}}
        answer = await client.ask("POST", DOCS, [operation], headers={**BATCH, **key("p")})
        status: int = answer.body[0]["statusCode"]
        return status

    assert [await replace_first("2"), await replace_first("3"), await replace_first("4")] == [
        *(409, 200, 404)
    ]


async def test_operations_in_bulk_stand_alone(client: Rest) -> None:
    await create(client, {"id": "taken", "pk": "p"})
    operations = [
        {
            "operationType": "Create",
            "partitionKey": '["p"]',
            "resourceBody": {"id": id_, "pk": "p"},
        }
        for id_ in ("a", "taken", "b")
    ]
    headers = {
        "x-ms-cosmos-is-batch-request": "True",
        "x-ms-cosmos-batch-continue-on-error": "True",
    }

    on = await client.ask("POST", DOCS, operations, headers=headers)
    headers["x-ms-cosmos-batch-continue-on-error"] = "False"
    stops = await client.ask("POST", DOCS, operations, headers=headers)

    assert [one["statusCode"] for one in on.body] == [201, 409, 201]
    assert [one["statusCode"] for one in stops.body] == [409, 424, 424]
