"""names.json gives the store what the domain asks of it."""

from typing import Any

import pytest

from shared.domain import domain
from shared.kernel.views.view import View
from tests.adapters.emulators import NAMES

INDEXES = NAMES["containers"]["views"]["indexingPolicy"]["compositeIndexes"]


@pytest.mark.parametrize("view", domain.views, ids=lambda view: view.name)
def test_every_sort_of_a_view_has_its_index(view: View[Any]) -> None:
    for sort in ([], *([f"/data/{sort}"] for sort in view.sorts)):
        needed = [{"path": path} for path in (*sort, "/key", "/stream")]
        assert needed in INDEXES, f"add {needed} to the composite indexes of views"
