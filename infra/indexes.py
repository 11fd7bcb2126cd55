"""`make indexes`: writes the composite indexes that the sorts of the views need."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.business import SHOP, Project
from infra.local.stack import ROOT
from infra.names import names_of, own_of
from shared.domain import domain
from shared.kernel.views.view import View

OF_VIEWS = re.compile(r'("views": \{.*?"compositeIndexes": )\[.*?\n        \]', re.DOTALL)
NONE = "{}\n"

type Index = list[dict[str, str]]


def indexes(views: Iterable[View[Any]]) -> list[Index]:
    """Return the indexes of these views: by key, and one for each sort."""
    sorts = dict.fromkeys(sort for view in views for sort in view.sorts)
    paths = ((), *((f"/data/{sort}",) for sort in sorts))
    return [[{"path": path} for path in (*sort, "/key", "/stream")] for sort in paths]


def written(names: str, views: Iterable[View[Any]]) -> str:
    """Return the text of names.json with the indexes of these views."""
    lines = ",\n".join(f"          {json.dumps(index)}" for index in indexes(views))
    return OF_VIEWS.sub(lambda match: f"{match[1]}[\n{lines}\n        ]", names)


def own(views: Iterable[View[Any]]) -> str:
    """Return the text of the file of another business than the shop: it takes the place of the shop's indexes."""
    policy = {"indexingPolicy": {"compositeIndexes": indexes(views)}}
    return json.dumps({"containers": {"views": policy}}, indent=2) + "\n"


def main() -> None:
    """Write the indexes of the business that runs, where they do not meet those of another."""
    if Project(ROOT).active() != SHOP:
        _write(own_of(ROOT), own(domain.views))
        return
    names = names_of(ROOT)
    _write(names, written(names.read_text(encoding="utf-8"), domain.views))
    _write(own_of(ROOT), NONE)


def _write(file: Path, text: str) -> None:
    """Write what is not written yet, and say so."""
    if file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
        print(f"written: {file.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
