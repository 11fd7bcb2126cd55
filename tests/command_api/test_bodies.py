"""Bodies: with a length, as they are, in UTF-8, and each member once; on commands as on deliveries."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any, cast

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api.composition import Application
from shared.adapters.http.answering import answered
from shared.adapters.http.bodies import Doubled, escaped, read_json
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.memory import MemoryParking
from shared.kernel.delivery.operator_decisions import Replay
from tests.command_api.calls import nothing_is_written, now, post, post_command, told
from tests.consumers.webhooks.worlds import World, cloud, delivery

REGISTER = {"name": "Teapot", "reorderPoint": 2}
BODY = json.dumps(REGISTER).encode()
MARK = b"\xef\xbb\xbf"


def sent(body: bytes, **headers: str) -> Any:
    return post("register-item", body, **headers)


@pytest.mark.parametrize("coding", ["chunked", "gzip, chunked", "Chunked"])
async def test_a_body_in_chunks_never_arrives_and_is_told_so(
    coding: str, application: Application
) -> None:
    answer = await post_command(sent(b"", Transfer_Encoding=coding), application)
    assert (answer.status_code, told(answer)["code"]) == (411, "length-required")

    delivered = await World().receiver.receive(delivery(b"", Transfer_Encoding=coding))
    assert (delivered.status_code, told(delivered)["code"]) == (411, "length-required")

    operations = Operations("webhooks", MemoryParking(), cast("Replay", None), now)
    chunked = {"transfer-encoding": coding}
    asked = func.HttpRequest(
        "POST", "/", headers=chunked, route_params={"stream": "item-A"}, body=b""
    )
    decided = await answered(operations.release(asked))
    assert (decided.status_code, told(decided)["code"]) == (411, "length-required")


async def test_a_body_in_chunks_that_arrives_is_read(application: Application) -> None:
    answer = await post_command(sent(BODY, Transfer_Encoding="chunked"), application)

    assert answer.status_code == 200


COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "br": bytes,
    "zstd": bytes,
    "identity, gzip": gzip.compress,
    "gzip, gzip": gzip.compress,
    "aes128gcm": bytes,
    "nonsense": bytes,
}


@pytest.mark.parametrize("coding", COMPRESSED)
async def test_a_body_that_is_encoded_is_told_what_would_be_taken(
    coding: str, application: Application
) -> None:
    body = COMPRESSED[coding](BODY)
    answer = await post_command(sent(body, Content_Encoding=coding), application)
    told_so = [answer, await World().receiver.receive(delivery(body, Content_Encoding=coding))]

    assert [one.status_code for one in told_so] == [415, 415]
    assert [one.headers["Accept-Encoding"] for one in told_so] == ["identity", "identity"]
    assert await nothing_is_written(application)


@pytest.mark.parametrize("coding", ["identity", "Identity", " identity ", ""])
async def test_a_body_that_is_not_encoded_may_say_so(coding: str, application: Application) -> None:
    answer = await post_command(sent(BODY, Content_Encoding=coding), application)

    assert answer.status_code == 200
    assert await World().status(cloud(), content_encoding=coding) == 200


@pytest.mark.parametrize(
    ("declared", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json;charset=UTF8", 200),
        ('application/json; charset="utf-8"', 200),
        ("application/json; charset=us-ascii", 200),
        ("application/json; profile=x; charset=utf-8", 200),
        ("application/json;", 200),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=iso-8859-1", 415),
        ("application/json; x=1;charset=windows-1252", 415),
        ('application/json; charset=""', 415),
        ("application/merge-patch+json", 415),
        ("text/json", 415),
    ],
)
async def test_a_body_is_utf_8(declared: str, status: int, application: Application) -> None:
    answer = await post_command(sent(BODY, Content_Type=declared), application)

    assert answer.status_code == status
    assert await World().status(cloud(), content_type=declared) == status


@pytest.mark.parametrize(
    "body",
    [
        *(BODY.decode().encode(one) for one in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        *(
            "ü".encode("latin-1"),
            BODY + b"\xff",
            b"\xff" + BODY,
            b"\xfe\xff" + BODY,
            b"\xef\xbb" + BODY,
        ),
        *(
            BODY.replace(b"Teapot", bad)
            for bad in (b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88")
        ),
    ],
)
async def test_what_is_not_utf_8_is_malformed(body: bytes, application: Application) -> None:
    assert (await post_command(sent(body), application)).status_code == 400
    assert await World().status(body) == 400


@pytest.mark.parametrize(
    ("before", "behind", "status"),
    [
        (MARK, b"", 200),
        (MARK + b" \n", b"", 200),
        (MARK, b"\r\n\t ", 200),
        (b" ", b" ", 200),
        (MARK + MARK, b"", 400),
        (b" " + MARK, b"", 400),
        (b"\n" + MARK, b"", 400),
        (b"", MARK, 400),
        (MARK, MARK, 400),
        (MARK[:2], b"", 400),
        (MARK[1:], b"", 400),
        (b"\xff\xfe", b"", 400),
    ],
)
async def test_a_byte_order_mark_is_left_out(
    before: bytes, behind: bytes, status: int, application: Application
) -> None:
    answer = await post_command(sent(before + BODY + behind), application)

    assert answer.status_code == status
    event = before + json.dumps(cloud()).encode() + behind
    assert await World().status(event) == status


TWICE = {
    '{"name": "a", "reorderPoint": 1, "name": "b"}': ["/name"],
    '{"name": "a", "name": "a", "reorderPoint": 1}': ["/name"],
    '{"name": "a", "n\\u0061me": "b", "reorderPoint": 1}': ["/name"],
    '{"reorderPoint": 1, "name": "a", "reorderPoint": 2, "name": "b"}': ["/reorderPoint", "/name"],
}


@pytest.mark.parametrize("body", TWICE)
async def test_two_members_of_one_name_are_told_with_their_place(
    body: str, application: Application
) -> None:
    answer = await post_command(sent(body.encode()), application)

    assert answer.status_code == 400
    assert [one["pointer"] for one in told(answer)["errors"]] == TWICE[body]
    assert await nothing_is_written(application)


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ('{"a": {"b": 1, "b": 2}}', ["/a/b"]),
        ('[{"a": 1}, {"a": 1, "a": 1}]', ["/1/a"]),
        ('{"a/b": [{"~": 1, "~": 2}]}', ["/a~1b/0/~0"]),
        ('{"": 1, "": 2}', ["/"]),
        ('{"a": 1, "A": 2}', None),
        ('[{"a": 1}, {"a": 1}]', None),
    ],
)
async def test_every_place_is_found(text: str, pointers: list[str] | None) -> None:
    if pointers is None:
        assert read_json(text.encode()) == json.loads(text)
        return
    with pytest.raises(Doubled) as found:
        read_json(text.encode())
    assert found.value.pointers == pointers
    assert await World().status(text.encode()) == 400


NAMES = st.text(st.sampled_from("ab/~0"), min_size=1, max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.just("x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), VALUES)
def test_whatever_is_around_it_a_second_member_is_found(
    around: Any, twice: dict[str, Any], other: Any
) -> None:
    name = next(iter(twice))
    doubled = f"{json.dumps(twice)[:-1]}, {json.dumps(name)}: {json.dumps(other)}}}"
    text = f'[{json.dumps(around)}, {{"here": {doubled}}}]'

    assert read_json(json.dumps([around, twice]).encode()) == [around, twice]
    with pytest.raises(Doubled) as found:
        read_json(text.encode())
    assert found.value.pointers == [f"/1/here/{escaped(name)}"]


@pytest.mark.parametrize(
    ("text", "status"),
    [("5", 200), ("5.0", 200), ("5e0", 200), ("0.5e1", 200), ("50E-1", 200), ("5.5", 400)],
)
async def test_an_integer_is_what_json_schema_calls_one(
    text: str, status: int, application: Application
) -> None:
    body = f'{{"name": "Teapot", "reorderPoint": {text}}}'.encode()

    assert (await post_command(sent(body), application)).status_code == status
