"""HTTP through the host, byte by byte: what the function is given, and what comes of its answer."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from emulators.tests.host.hosts import world
from emulators.tests.host.raw import ask
from emulators.tests.serving import Services

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(services: Services, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    async with world(services, tmp_path_factory.mktemp("host")) as made:
        yield await made.start()


async def test_a_function_is_given_the_request_as_azure_gives_it(port: int) -> None:
    status, headers, content = await ask(
        port, "POST /api/echo/a%20b/%C3%BC?x=1&empty=&y=%26\nX-Twice: one\nX-Twice: two", "{}"
    )

    said = json.loads(content)
    assert status == 202
    assert "x-mine: yes" in headers
    assert "content-type: application/json" in headers
    assert said["method"] == "POST"
    assert said["url"].startswith("http://h/api/echo/")
    assert said["params"] == {"first": "a b", "second": "ü"}
    assert said["query"] == {"x": "1", "y": "&"}
    assert said["header"] == "one,two"
    assert said["body"] == "{}"


@pytest.mark.parametrize(
    ("path", "first", "url"),
    [
        ("/api/echo/a%2Fb/c", "a%2Fb", "/api/echo/a%2Fb/c"),
        ("/api/echo/a%2fb/c", "a%2fb", "/api/echo/a%2fb/c"),
        ("/API/%65cho/x/c/", "x", "/API/echo/x/c/"),
        ("/nowhere/../api/./echo/x/c", "x", "/api/echo/x/c"),
        ("/api/echo/%FF%FE/c", "%FF%FE", "/api/echo/%FF%FE/c"),
        ("/api/echo/%2B%C3%BC/c", "+ü", "/api/echo/+%C3%BC/c"),
        ("/api/echo/%2541/c", "%41", "/api/echo/%41/c"),
        ("/api/echo/%zz/c", "%zz", "/api/echo/%25zz/c"),
    ],
)
async def test_a_path_is_decoded_for_the_route_and_encoded_again_for_the_url(
    path: str, first: str, url: str, port: int
) -> None:
    _, _, content = await ask(port, f"POST {path}?a=%2B")

    said = json.loads(content)
    assert said["params"] == {"first": first, "second": "c"}
    assert said["url"] == f"http://h{url}?a=%2B"


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("POST /api/echo/%00/c", 400),
        ("POST http://other/api/echo/a/b", 400),
        ("POST http://h/api/echo/a/b", 202),
        (f"POST /api/echo/a/b?{'x' * 8_300}", 414),
        (f"POST /api/echo/a/b\nX-Long: {'x' * 9_000}", 202),
        (f"POST /api/echo/a/b\nX-Long: {'x' * 33_000}", 431),
        ("POST /api/echo/a/b" + "\nX-More: 1" * 101, 431),
    ],
)
async def test_what_the_server_cannot_take_has_a_status_of_its_own(
    request_line: str, status: int, port: int
) -> None:
    assert (await ask(port, request_line))[0] == status


async def test_a_body_that_is_too_long_is_a_500(port: int) -> None:
    status, _, _ = await ask(port, "POST /api/echo/a/b", "x" * (100 * 1024 * 1024 + 1))

    assert status == 500


@pytest.mark.parametrize(
    ("how", "status", "head"),
    [
        ("cookie", 200, "set-cookie: a=1%2b2; max-age=5; path=/; samesite=strict; httponly"),
        ("length", 200, "content-length: 2"),
        ("wrong-length", 500, ""),
        ("umlaut", 500, ""),
    ],
)
async def test_an_answer_is_written_as_the_host_does_or_is_a_500(
    how: str, status: int, head: str, port: int
) -> None:
    found, headers, _ = await ask(port, f"GET /api/answers/{how}")

    assert found == status
    assert head in headers


async def test_the_first_function_by_name_takes_what_fits_two_routes(port: int) -> None:
    status, _, content = await ask(port, "POST /api/echo/LITERAL/x")
    assert (status, json.loads(content)["params"]) == (202, {"first": "LITERAL", "second": "x"})

    status, headers, content = await ask(port, "POST /api/ECHO/first/x")
    assert (status, content) == (200, "literal x")
    assert "content-type: text/plain" in headers


@pytest.mark.parametrize("method", ["POST", "GET", "PURGE", "TRACE"])
@pytest.mark.parametrize("path", ["rest", "rest/", "rest/a", "rest/a/b%20c", "rest/echo/a/b"])
async def test_a_catch_all_takes_the_rest_of_a_path_in_any_method(
    method: str, path: str, port: int
) -> None:
    status, _, content = await ask(port, f"{method} /api/{path}")

    rest = path.removeprefix("rest").strip("/").replace("%20", " ")
    assert (status, content) == (200, f"{method} {rest}")


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("x=1&x=2&X=3", {"x": "1,2,3"}),
        ("X=1&x=2", {"X": "1,2"}),
        ("x=&x=", {"x": ","}),
        ("x=&y", {}),
        ("x=a%2Cb", {"x": "a,b"}),
    ],
)
async def test_repeated_parameters_are_joined_whatever_their_case(
    query: str, given: dict[str, str], port: int
) -> None:
    _, _, content = await ask(port, f"POST /api/echo/a/b?{query}")

    assert json.loads(content)["query"] == given


async def test_a_compressed_body_is_handed_over_as_it_was_sent(port: int) -> None:
    _, _, content = await ask(port, "POST /api/echo/a/b\nContent-Encoding: gzip", "not gzip")

    assert json.loads(content)["body"] == "not gzip"


async def test_an_answer_is_chunked_where_there_is_something_to_say(port: int) -> None:
    _, headers, _ = await ask(port, "POST /api/echo/a/b")
    assert "transfer-encoding: chunked" in headers
    assert "content-length" not in headers

    _, headers, _ = await ask(port, "GET /api/fails")
    assert "chunked" not in headers


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/echo/a/b",
        "HEAD /api/echo/a/b",
        "OPTIONS /api/echo/a/b",
        "POST /api/echo/a",
        "POST /echo/a/b",
        "POST /api/echo//b",
        "POST /api//echo/a/b",
        "POST /api/echo/a/b//",
        "POST /api/echo/%2e%2e/b",
    ],
)
async def test_without_a_route_for_path_and_method_it_is_not_found(
    request_line: str, port: int
) -> None:
    assert (await ask(port, request_line))[0] == 404


async def test_a_function_that_raises_is_a_500_without_a_word(port: int) -> None:
    assert (await ask(port, "GET /api/fails"))[::2] == (500, "")


async def test_a_body_without_a_length_is_not_handed_over(port: int) -> None:
    status, _, content = await ask(
        port, "POST /api/echo/a/b\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"
    )

    assert (status, json.loads(content)["body"]) == (202, "")
