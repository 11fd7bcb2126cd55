"""Microsoft's own parser of KQL reads every query of alerts, workbook and runbooks, over the tables' columns."""

from pathlib import Path

import pytest

from tests.infra.kusto import install_parser, rules, runbooks, said, tiles

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_parser(tmp_path_factory.mktemp("kql"))


def test_every_query_is_kql_over_the_columns_that_there_are(parser: Path) -> None:
    typed = runbooks()
    asked = [*tiles().values(), *rules().values(), *typed]

    assert (len(tiles()), len(rules()), len(typed)) == (15, 9, 7)
    found = dict(zip(asked, said(parser, asked), strict=True))
    assert {query: one for query, one in found.items() if one} == {}


@pytest.mark.parametrize(
    "query",
    ["AppMetrics | where Nme == 'a'", "AppMetric | count", "AppMetrics | summarise count()"],
    ids=["column", "table", "operator"],
)
def test_a_misspelt_query_is_noticed(parser: Path, query: str) -> None:
    assert said(parser, [query])[0]
