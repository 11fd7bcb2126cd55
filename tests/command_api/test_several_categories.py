"""A list of a view over several categories goes on behind a row of any of them."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from command_api.openapi import document
from command_api.paging import links, parse_listing
from shared.adapters.http.problems import Problem
from shared.kernel.domain import Domain
from shared.kernel.views.view import Row, RowKey
from tests.command_api import namesakes

DESK, TABLE = namesakes.CATEGORIES
BOTH = namesakes.over(DESK, TABLE)


def pages(view: namesakes.AView, stream: str, key: str = "7") -> dict[str, str]:
    """Returns the query of the page behind a row of a stream."""
    here = {"limit": "1"}
    last = Row(RowKey(view.name, key, stream), 1, {})
    behind = links(here, parse_listing(here, view), [last])["next"]
    return dict(parse_qsl(urlsplit(behind or "").query))


@pytest.mark.parametrize("stream", ["desk-7", "table-7"])
def test_a_page_goes_on_behind_a_row_of_any_of_its_categories(stream: str) -> None:
    after = parse_listing(pages(BOTH, stream), BOTH).after

    assert after is not None
    assert after.stream == stream


def test_a_page_does_not_go_on_behind_a_row_of_another_category() -> None:
    with pytest.raises(Problem, match="after"):
        parse_listing(pages(BOTH, "chair-7"), BOTH)


def test_the_rows_are_described_as_those_of_either() -> None:
    described = document(Domain(categories=namesakes.CATEGORIES, views=(BOTH,)))

    rows = described["components"]["schemas"][f"{BOTH.name}.Rows"]["properties"]["rows"]
    assert rows["items"]["properties"]["stream"]["examples"] == ["desk-1", "table-1"]


@pytest.mark.parametrize(
    "key", ["ann@example.com", "M\u00fcller", "a b", "_x", "a/b", "\n", "k" * 300]
)
def test_a_page_goes_on_behind_any_key(key: str) -> None:
    after = parse_listing(pages(BOTH, "desk-7", key), BOTH).after

    assert after is not None
    assert after.key == key
