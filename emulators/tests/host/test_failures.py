"""What the host says of a failure: which function, why, where in its code, and what met it."""

from types import SimpleNamespace

import pytest

from emulators.host.failures import LONGEST, say_answered, say_failed
from emulators.host.protos import RpcException, RpcHttp, TypedData

RAISED = RpcException(message="ValueError: no\nat all", stack_trace="File app.py, line 7")


def test_a_request_that_made_a_function_raise_is_shown_with_the_stack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    http = RpcHttp(method="POST", url="http://h/api/a?x=1", body=TypedData(bytes="{ü}".encode()))

    say_failed("a", RAISED, 1, TypedData(http=http))

    assert capsys.readouterr().err == (
        "host: a failed (attempt 1): ValueError: no\n"
        "  at all\n"
        "  File app.py, line 7\n"
        "  it was given: POST http://h/api/a?x=1 {ü}\n"
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (TypedData(collection_bytes=SimpleNamespace(bytes=[b"{1}", b"{2}"])), "{1}\n{2}"),
        (TypedData(json='{"a": 1}'), '{"a": 1}'),
        (TypedData(bytes=b"\xff"), "\ufffd"),
        (TypedData(), ""),
        (
            TypedData(string="x" * (LONGEST + 1)),
            f"{'x' * LONGEST} … ({LONGEST + 1} characters)",
        ),
    ],
)
def test_a_message_that_made_a_function_raise_is_shown(
    given: TypedData, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_failed("a", RpcException(message="", stack_trace="File b.py"), 1, given)

    assert capsys.readouterr().err == (
        f"host: a failed (attempt 1): failed\n  File b.py\n  it was given: {shown}\n"
    )


def test_another_attempt_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say_failed("a", RAISED, 2, TypedData(string="the same"))

    assert capsys.readouterr().err == "host: a failed (attempt 2): ValueError: no\n"


def test_a_request_that_is_answered_as_a_fault_of_ours_is_shown_and_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for status in (200, 422, 503):
        say_answered("POST", "http://h/api/a", b"{}", status)
    assert capsys.readouterr().err == ""

    say_answered("POST", "http://h/api/a", b"{}", 500)

    assert capsys.readouterr().err == (
        "host: POST http://h/api/a was answered with 500; its body: {}\n"
    )
