"""A cache in front of the functions serves full pages of a feed without asking again."""

from tests.kernel.feeding import entries
from tests.roles.caching import Cache
from tests.roles.reading import append, ids, links
from tests.roles.wired import Wired


async def walked(cache: Cache) -> list[str]:
    """Read a chain back from the page that is written on, as a reader does that comes for the first time."""
    url, found = "/api/feeds/shop/0", list[str]()
    while url:
        answer = await cache.get(url)
        found = ids(answer) + found
        url = links(answer).get("prev-archive", "")
    return found


async def test_a_cache_serves_full_pages_without_asking_again(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 450))
    cache = Cache(wired)

    first = await walked(cache)
    asked = dict(cache.asked)
    again = await walked(cache)
    await append(wired, 0, entries("order-1", 451, 510))
    later = await walked(cache)

    pages = [f"/api/feeds/shop/0/1-{number}" for number in range(1, 5)]
    assert asked == dict.fromkeys([*pages, "/api/feeds/shop/0"], 1)
    assert {url: cache.asked[url] for url in pages} == dict.fromkeys(pages, 1)
    assert cache.asked["/api/feeds/shop/0"] == 3
    assert first == again == [f"order-1@{version}/0" for version in range(1, 451)]
    assert later == [f"order-1@{version}/0" for version in range(1, 511)]
