"""What a client may prefer: an answer without a body, what a request cost, and what nobody understands."""

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
