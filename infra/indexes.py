"""`make indexes`: writes into names.json the composite indexes that the sorts of the views need."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shared.domain import domain
from shared.kernel.views.view import View

NAMES = Path(__file__).parents[1] / "shared" / "names.json"
OF_VIEWS = re.compile(r'("views": \{.*?"compositeIndexes": )\[.*?\n        \]', re.DOTALL)


def written(names: str, views: Iterable[View[Any]]) -> str:
    """Return the text of names.json with the indexes of these views: by key, and one for each sort."""
    sorts = dict.fromkeys(sort for view in views for sort in view.sorts)
    paths = ((), *((f"/data/{sort}",) for sort in sorts))
    lines = (json.dumps([{"path": path} for path in (*sort, "/key", "/stream")]) for sort in paths)
    indexes = ",\n".join(f"          {line}" for line in lines)
    return OF_VIEWS.sub(lambda match: f"{match[1]}[\n{indexes}\n        ]", names)


if __name__ == "__main__":
    NAMES.write_text(written(NAMES.read_text(encoding="utf-8"), domain.views), encoding="utf-8")
