"""Pages of a stream of the running stack: one that is full never changes, the last one is looked at again."""

import aiohttp

from tests.local.names import Names
from tests.local.running import Running
from tests.local.shopping import post, stock

PAGE = 100
FOREVER, LOOKED_AT_AGAIN = "private, max-age=31536000, immutable", "private, no-cache"


async def page(
    http: aiohttp.ClientSession, url: str, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Give what a cache would keep of a page, and where it leads."""
    async with http.get(url, headers=headers) as answer:
        told = {name: answer.headers.get(name, "") for name in ("Cache-Control", "ETag")}
        if (following := answer.links.get("next")) is not None:
            told["next"] = str(following["url"]).removeprefix(str(answer.url.origin()))
        return answer.status, told, await answer.read()


async def test_a_full_page_of_a_stream_is_kept_for_ever_and_the_last_one_is_asked_for_again(
    stack: Running, own: Names
) -> None:
    sku = own("TEA")
    received, tail_url = f"/api/item/{sku}/receive-stock", f"/api/streams/item-{sku}?after={PAGE}"
    async with aiohttp.ClientSession(stack.url) as http:
        await stock(http, sku, 1)
        for _ in range(PAGE):
            await post(http, received, {"quantity": 1})

        first = await page(http, f"/api/streams/item-{sku}")
        status, tail, before = await page(http, tail_url)
        unchanged = await page(http, tail_url, **{"If-None-Match": tail["ETag"]})
        await post(http, received, {"quantity": 1})
        behind = await page(http, tail_url, **{"If-None-Match": tail["ETag"]})
        again = await page(http, f"/api/streams/item-{sku}")
        known = await page(http, f"/api/streams/item-{sku}", **{"If-None-Match": first[1]["ETag"]})

    assert (first[0], first[1]["Cache-Control"], first[1]["next"]) == (200, FOREVER, tail_url)
    assert first == again, "not a byte of it changes, nor its tag"
    assert (status, tail["Cache-Control"], "next" in tail) == (200, LOOKED_AT_AGAIN, False)
    assert (unchanged[0], unchanged[2]) == (304, b"")
    assert (behind[0], behind[1]["Cache-Control"]) == (200, LOOKED_AT_AGAIN)
    assert (behind[1]["ETag"] == tail["ETag"], behind[2] == before) == (False, False)
    assert (known[0], known[1]["Cache-Control"]) == (304, FOREVER)
