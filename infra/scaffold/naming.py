"""The names that a new domain or category may have, and what its code is called."""

import builtins
import keyword
import re
from collections.abc import Mapping

from shared.kernel.domain import RESERVED

NAME = re.compile(r"[a-z][a-z0-9]{1,29}")
OWN = frozenset({"domain", "decide", "evolve", "show", "replace", "dataclass"})
"""What the code of a category calls something else."""


class NotWritten(Exception):
    """Nothing was written; the sentence says why."""


def check(what: str, name: str) -> None:
    """Raise NotWritten for a name that a URL, a stream or Python cannot have."""
    if NAME.fullmatch(name) is None:
        raise NotWritten(
            f"{name!r} names no {what}: it takes 2 to 30 small letters and digits, the first a letter,"
            f" as in NAME=clinic"
        )
    if keyword.iskeyword(name) or hasattr(builtins, name) or name in OWN:
        raise NotWritten(f"'{name}' means something else in Python or in the code of a {what}")
    if name in RESERVED:
        raise NotWritten(f"'{name}' names routes of Onewrite itself: {', '.join(sorted(RESERVED))}")


def words(domain: str, category: str) -> Mapping[str, str]:
    """Return what a template says of a category."""
    return {
        "domain": domain,
        "category": category,
        "noun": category.capitalize(),
        "plural": plural(category),
        "a": "an" if category[0] in "aeiou" else "a",
    }


def plural(noun: str) -> str:
    """Return the plural as most English nouns have it."""
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(s|x|z|ch|sh)$", noun) else f"{noun}s"
