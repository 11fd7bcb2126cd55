"""A cache between a reader and the functions: it keeps answers as RFC 9111 has it, and counts what it asks for."""

import re
from collections import Counter
from dataclasses import dataclass, field

import azure.functions as func

from tests.roles.reading import follow
from tests.roles.wired import Wired


@dataclass
class Cache:
    """Serves what is fresh from what it keeps (section 4.2), and asks again for all else (section 4.3)."""

    wired: Wired
    asked: Counter[str] = field(default_factory=Counter)
    kept: dict[str, func.HttpResponse] = field(default_factory=dict)

    async def get(self, url: str) -> func.HttpResponse:
        known = self.kept.get(url)
        if known is not None and _is_fresh(known):
            return known
        self.asked[url] += 1
        condition = {"If-None-Match": known.headers["ETag"]} if known else {}
        answer = await follow(self.wired, url, condition)
        if answer.status_code == 304 and known is not None:
            return known
        assert answer.status_code == 200
        self.kept[url] = answer
        return answer


def _is_fresh(answer: func.HttpResponse) -> bool:
    said = answer.headers["Cache-Control"]
    seconds = re.search(r"max-age=(\d+)", said)
    return "no-cache" not in said and seconds is not None and int(seconds[1]) > 0
