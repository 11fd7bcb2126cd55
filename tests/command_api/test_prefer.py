"""The header Prefer as RFC 7240 has it, and what Preference-Applied says of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api.composition import Application
from command_api.preferences import Preferences
from tests.command_api.calls import get, get_view, post, post_command, registered

REGISTER = ("register-item", {"name": "Teapot", "reorderPoint": 2})
REFUSED = ("reserve-stock", {"reservationId": "r", "quantity": 11})
MINIMAL = Preferences(minimal=True)

READ = {
    "return=minimal": MINIMAL,
    "RETURN=minimal": MINIMAL,
    "Return = minimal": MINIMAL,
    'return="minimal"': MINIMAL,
    'return="m\\inimal"': MINIMAL,
    "return=minimal; wait=5": MINIMAL,
    'return=minimal ; x="a,b;c" ;; y': MINIMAL,
    'x="return=representation, ", return=minimal': MINIMAL,
    "return=minimal, return=representation": MINIMAL,
    "return=representation,return=minimal": Preferences(minimal=False),
    "return=nothing, return=minimal": Preferences(),
    "return=Minimal": Preferences(),
    "wait=5, wait=10": Preferences(wait=5),
    "Wait=5,until=projected": Preferences(projected=True, wait=5),
    "wait=31": Preferences(wait=30),
    "wait=-1, wait=5": Preferences(),
    "wait=5s": Preferences(),
    "wait": Preferences(),
    'wait=""': Preferences(),
    "respond-async": Preferences(asynchronous=True),
    "Respond-Async, wait=3": Preferences(asynchronous=True, wait=3),
    'respond-async=""': Preferences(asynchronous=True),
    "respond-async; x=1": Preferences(asynchronous=True),
    "respond-async=no": Preferences(),
    "x; respond-async": Preferences(),
    "x" + "; " * 4000 + "@, wait=5": Preferences(wait=5),
    "return=minimal, respond-async, wait=1": Preferences(True, None, 1, asynchronous=True),
    ", ,=,": Preferences(),
    "return=minimal x, wait=2": Preferences(wait=2),
    'return="minimal, wait=2': Preferences(),
    "count=exact": Preferences(counted=True),
    "count=planned, count=exact": Preferences(),
    "count": Preferences(),
    "handling=lenient, depth-noroot, request-charge": Preferences(charge=True),
}


@pytest.mark.parametrize("prefer", READ)
def test_preferences_are_read(prefer: str) -> None:
    assert Preferences.of(prefer) == READ[prefer]


TOKEN = st.text(st.sampled_from("abcxyz-_!"), min_size=1, max_size=6)
QUOTED = st.text(st.sampled_from('ab,;= \\"'), max_size=8).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
OTHER = st.builds(
    lambda name, value, more: f"x-{name}{value}{more}",
    TOKEN,
    (TOKEN | QUOTED).map(lambda value: f"={value}") | st.just(""),
    (TOKEN | QUOTED).map(lambda value: f"; p={value}") | st.just(""),
)


@given(st.lists(OTHER, max_size=4), st.lists(OTHER, max_size=4), st.sampled_from([",", ", ", " ,"]))
def test_nothing_that_is_not_understood_hides_what_is(
    before: list[str], behind: list[str], comma: str
) -> None:
    assert Preferences.of(comma.join([*before, "return=minimal", *behind])) == MINIMAL


@given(st.text(st.sampled_from('retun=minal;,"\\ '), max_size=40))
def test_no_header_is_too_strange(prefer: str) -> None:
    assert Preferences.of(prefer).wait is None


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("return=representation", "return=representation"),
        ("until=stored", "until=stored"),
        ("until=stored, wait=3", "until=stored"),
        ("return=everything, colour=red, wait=soon", None),
        ('return="minimal"; x=1 , wait=99999', "return=minimal"),
        ("until=projected, wait=0, return=minimal", "until=projected, wait=0"),
        ("request-charge, return=minimal", "return=minimal, request-charge"),
        ("respond-async, wait=3, return=minimal, request-charge", "respond-async"),
        (", ,=,", None),
    ],
)
async def test_what_was_applied_is_told_and_nothing_else(
    prefer: str, applied: str | None, application: Application
) -> None:
    response = await post_command(post(*REGISTER, Prefer=prefer), application)

    assert response.status_code in {200, 202, 204}
    assert response.headers.get("Preference-Applied") == applied


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("return=minimal", None),
        ("return=representation, until=projected, wait=3", None),
        ("return=minimal, request-charge", "request-charge"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"If_Match": '"7"'}])
async def test_a_problem_had_nothing_left_out(
    prefer: str, applied: str | None, headers: dict[str, str], application: Application
) -> None:
    await registered(application)

    response = await post_command(post(*REFUSED, Prefer=prefer, **headers), application)

    assert response.status_code in {412, 422}
    assert response.headers.get("Preference-Applied") == applied


@pytest.mark.parametrize(
    ("params", "prefer", "applied"),
    [
        ({}, "wait=0", None),
        ({"at-least": "0"}, "wait=0", None),
        ({"at-least": "9"}, "wait=0", "wait=0"),
        ({"at-least": "9"}, "return=minimal, until=projected, wait=0", "wait=0"),
    ],
)
async def test_a_query_applies_only_how_long_it_waits(
    params: dict[str, str], prefer: str, applied: str | None, application: Application
) -> None:
    asked = get("views", {**params, "after": "item-A"}, view="stock", key="SKU1")
    asked.headers.__http_headers__["prefer"] = prefer

    response = await get_view(asked, application)

    assert response.headers.get("Preference-Applied") == applied
