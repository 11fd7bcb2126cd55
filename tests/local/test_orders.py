"""Orders through the running stack: every building block as a function, over HTTP and the log."""

import aiohttp

from emulators.tests.waiting import until
from tests.local.names import Names
from tests.local.running import Running
from tests.local.shopping import ask, available, ends, nobody_is_parked, order, post, stock


async def test_orders_go_their_way(stack: Running, own: Names) -> None:
    tea, cup, first, second = own("TEA"), own("CUP"), own("1"), own("2")
    async with aiohttp.ClientSession(stack.url) as http:
        await stock(http, tea, 5)
        await stock(http, cup, 3)

        await order(http, first, {tea: 2, cup: 3}, own("C1"))
        await ends(http, first, "confirmed")
        await order(http, second, {tea: 2, cup: 1}, own("C1"))
        await ends(http, second, "rejected")
        await available(http, tea, 3)
        await post(http, f"/api/order/{first}/cancel-order", {})
        await ends(http, first, "cancelled")
        await available(http, tea, 5)
        await available(http, cup, 3)

        customer = await ask(http, f"/api/views/customers/{own('C1')}")
        assert [row["data"]["status"] for row in customer["rows"]] == ["cancelled", "rejected"]
        await until(
            lambda: ask(http, f"/api/views/replenishment/{cup}"),
            lambda told: bool(told.get("rows")) and told["rows"][0]["data"]["requests"] == 1,
        )
        await nobody_is_parked(http)


async def test_a_command_may_wait_in_the_mailbox(stack: Running, own: Names) -> None:
    async with aiohttp.ClientSession(stack.url) as http:
        later = {"Prefer": "respond-async", "Idempotency-Key": "k1"}
        register = {"name": "Tea", "reorderPoint": 0}
        path = f"/api/item/{own('TEA')}/register-item"
        queued = await post(http, path, register, **later)

        told = await until(lambda: ask(http, queued["status"]), lambda t: t["outcome"] != "pending")
        again = await post(http, path, register, **{"Idempotency-Key": "k1"})

        assert (told["outcome"], told["version"]) == ("done", 1)
        assert again["events"] == told["events"]

        later["Idempotency-Key"] = "k2"
        queued = await post(http, path, register, **later)
        told = await until(lambda: ask(http, queued["status"]), lambda t: t["outcome"] != "pending")
        assert (told["outcome"], told["refusal"]) == ("refused", "item-registered-already")
