"""HTTP through the host, byte by byte: what the function is given, and what comes of its answer."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from emulators.tests.host.hosts import world
from emulators.tests.serving import Services

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(services: Services, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    async with world(services, tmp_path_factory.mktemp("host")) as made:
        yield await made.start()


async def ask(port: int, request: str, body: str = "") -> tuple[int, str, str]:
    """Send a request line with headers and a body; gives status, headers and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = "" if "chunked" in request else f"Content-Length: {len(body)}\r\n"
    line, *headers = request.split("\n")
    head = "".join(f"{header}\r\n" for header in headers)
    writer.write(
        f"{line} HTTP/1.1\r\nHost: h\r\n{head}{length}Connection: close\r\n\r\n{body}".encode()
    )
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, content = answer.partition("\r\n\r\n")
    if "transfer-encoding: chunked" in head.lower():
        content = unchunked(content)
    return int(head.split()[1]), head.lower(), content


def unchunked(content: str) -> str:
    """Put the chunks of an answer together; none of them holds an end of line."""
    return "".join(content.split("\r\n")[1::2])


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


async def test_an_encoded_slash_is_no_separator(port: int) -> None:
    _, _, content = await ask(port, "POST /api/echo/a%2Fb/c")

    assert json.loads(content)["params"] == {"first": "a%2Fb", "second": "c"}


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
        "GET /",
    ],
)
async def test_without_a_route_for_path_and_method_it_is_not_found(
    request_line: str, port: int
) -> None:
    assert (await ask(port, request_line))[0] == 404


async def test_the_host_lists_its_functions_as_the_platform_does(port: int) -> None:
    status, _, content = await ask(port, "GET /admin/functions")

    assert status == 200
    assert {"name": "fails", "isDisabled": False} in json.loads(content)


async def test_a_function_that_raises_is_a_500_without_a_word(port: int) -> None:
    assert (await ask(port, "GET /api/fails"))[::2] == (500, "")


async def test_a_body_without_a_length_is_not_handed_over(port: int) -> None:
    status, _, content = await ask(
        port, "POST /api/echo/a/b\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"
    )

    assert (status, json.loads(content)["body"]) == (202, "")
