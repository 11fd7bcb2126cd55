"""What a client may prefer: an answer without a body, what a request cost, and what nobody understands."""

import pytest

from command_api.composition import Application
from tests.command_api.calls import post, post_command
from tests.command_api.projecting import REGISTER


async def test_an_answer_without_a_body_still_says_the_version(application: Application) -> None:
    response = await post_command(post(*REGISTER, Prefer="return=minimal"), application)

    assert (response.status_code, response.get_body()) == (204, b"")
    assert response.headers["ETag"] == '"1"'
    assert response.headers["Preference-Applied"] == "return=minimal"


async def test_an_answer_says_what_it_cost_when_asked(application: Application) -> None:
    response = await post_command(post(*REGISTER, Prefer="request-charge"), application)

    assert response.headers["Request-Charge"] == "0.00"
    assert "Request-Charge" not in (await post_command(post(*REGISTER), application)).headers


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("return=representation", "return=representation"),
        ("until=stored", "until=stored"),
        ("return=everything, colour=red, wait=soon", None),
        ('return="minimal"; x=1 , wait=99999', "return=minimal, wait=30"),
        (", ,=,", None),
    ],
)
async def test_what_is_not_understood_is_ignored(
    prefer: str, applied: str | None, application: Application
) -> None:
    response = await post_command(post(*REGISTER, Prefer=prefer), application)

    assert response.status_code in {200, 204}
    assert response.headers.get("Preference-Applied") == applied
