"""Any sequence of commands, repeats, orders and questions: the running stack agrees with a model."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.local import counting
from tests.local.api import Api, Sent
from tests.local.counting import Counted, Expected
from tests.local.running import Running
from tests.sizes import size

pytestmark = pytest.mark.long

SKUS = st.sampled_from(["tea", "cup"])
QUANTITIES = st.integers(1, 5)
WANTED = st.integers(1, 8)
RESERVATIONS = st.sampled_from(["r1", "r2", "r3"])
ASYNCHRONOUS = 1
"""So many commands of a run wait in the mailbox: each takes the time of a flow, as the one order does."""


def machine(url: str, ended: set[str]) -> type[RuleBasedStateMachine]:
    """Make a machine whose items live at a URL; notes how orders have ended."""

    class Warehouse(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.api = Api(url)
            self.items = {"tea": Counted(), "cup": Counted()}
            self.touched: set[str] = set()
            self.last: Sent | None = None
            self.queued = 0
            self.lines: dict[str, int] = {}
            self.status = ""
            for sku, item in self.items.items():
                registered = {"name": sku, "reorderPoint": 0}
                assert self.api.post(f"{self.at(sku)}/register-item", registered)[0] == 200
                self.ask(sku, "receive-stock", item.receive(6), {"quantity": 6})

        def name(self, sku: str) -> str:
            return f"{sku}-{self.api.own}"

        def at(self, sku: str) -> str:
            return f"/api/item/{self.name(sku)}"

        @property
        def order_id(self) -> str:
            return f"order-{self.api.own}"

        def own(self, reserved: dict[str, int]) -> dict[str, int]:
            """Name reservations as the stack does: an order's by the order and its item."""
            return {
                f"{self.order_id}/{self.name(id_.partition('/')[2])}" if "/" in id_ else id_: held
                for id_, held in reserved.items()
            }

        def ask(
            self, sku: str, command: str, expected: Expected, body: dict[str, Any], **headers: str
        ) -> None:
            path, key = f"{self.at(sku)}/{command}", str(uuid4())
            told = self.api.post(path, body, key, **headers)
            self.touched.add(sku)
            if isinstance(expected, str):
                assert (told[0], told[1].get("refusal")) == (422, expected)
                return
            assert (told[0], [event["type"] for event in told[1]["events"]]) == (200, expected)
            if expected:
                assert told[1]["version"] == self.items[sku].version
                self.last = Sent(path, body, key, told[1])

        @rule(sku=SKUS, quantity=QUANTITIES)
        def receive(self, sku: str, quantity: int) -> None:
            expected = self.items[sku].receive(quantity)
            self.ask(sku, "receive-stock", expected, {"quantity": quantity})

        @rule(sku=SKUS, reservation=RESERVATIONS, quantity=QUANTITIES)
        def reserve(self, sku: str, reservation: str, quantity: int) -> None:
            expected = self.items[sku].reserve(reservation, quantity)
            body = {"reservationId": reservation, "quantity": quantity}
            self.ask(sku, "reserve-stock", expected, body)

        @rule(sku=SKUS, reservation=RESERVATIONS)
        def release(self, sku: str, reservation: str) -> None:
            expected = self.items[sku].release(reservation)
            self.ask(sku, "release-reservation", expected, {"reservationId": reservation})

        @rule(sku=SKUS, reservation=RESERVATIONS)
        def ship(self, sku: str, reservation: str) -> None:
            expected = self.items[sku].ship(reservation)
            self.ask(sku, "ship-reservation", expected, {"reservationId": reservation})

        @rule(sku=SKUS, quantity=st.integers(-4, 4))
        def adjust(self, sku: str, quantity: int) -> None:
            expected = self.items[sku].adjust(quantity)
            self.ask(sku, "adjust-stock", expected, {"quantity": quantity, "reason": "counted"})

        @rule(sku=SKUS, reorder_point=st.integers(0, 4))
        def change_reorder_point(self, sku: str, reorder_point: int) -> None:
            expected = self.items[sku].change(reorder_point)
            self.ask(sku, "change-reorder-point", expected, {"reorderPoint": reorder_point})

        @precondition(lambda self: self.items["cup"].version > 8)
        @rule()
        def discontinue(self) -> None:
            self.ask("cup", "discontinue-item", self.items["cup"].discontinue(), {})

        @rule(sku=SKUS, quantity=QUANTITIES, seen=st.sampled_from([0, 0, 1, 2]))
        def receive_as_seen(self, sku: str, quantity: int, seen: int) -> None:
            etag, item = f'"{self.items[sku].version + seen}"', self.items[sku]
            body = {"quantity": quantity}
            if seen == 0:
                self.ask(sku, "receive-stock", item.receive(quantity), body, If_Match=etag)
                return
            assert self.api.post(f"{self.at(sku)}/receive-stock", body, If_Match=etag)[0] == 412
            self.touched.add(sku)

        @precondition(lambda self: self.queued < ASYNCHRONOUS)
        @rule(sku=SKUS, quantity=QUANTITIES)
        def receive_later(self, sku: str, quantity: int) -> None:
            self.queued += 1
            expected = self.items[sku].receive(quantity)
            path, body = f"{self.at(sku)}/receive-stock", {"quantity": quantity}
            status, queued = self.api.post(path, body, Prefer="respond-async")
            assert status == 202, queued
            told = self.api.until(queued["status"], lambda told: told["outcome"] != "pending")
            self.touched.add(sku)
            if isinstance(expected, str):
                assert (told["outcome"], told["refusal"]) == ("refused", expected)
            else:
                assert (told["outcome"], told["version"]) == ("done", self.items[sku].version)

        @precondition(lambda self: self.last is not None)
        @rule()
        def repeat(self) -> None:
            assert self.last is not None
            told = self.api.post(self.last.path, self.last.body, self.last.key)
            assert told == (200, self.last.told)

        @precondition(lambda self: self.last is not None)
        @rule(quantity=st.integers(6, 9))
        def use_a_key_again(self, quantity: int) -> None:
            assert self.last is not None
            path = f"{self.last.path.rpartition('/')[0]}/receive-stock"
            status, told = self.api.post(path, {"quantity": quantity}, self.last.key)
            assert (status, told["code"]) == (422, "command-id-reused")

        @precondition(lambda self: not self.status)
        @rule(tea=WANTED, cup=WANTED, cancelled_at_once=st.booleans())
        def place_order(self, tea: int, cup: int, *, cancelled_at_once: bool) -> None:
            self.lines = {"tea": tea, "cup": cup}
            lines = [{"sku": self.name(sku), "quantity": n} for sku, n in self.lines.items()]
            body = {"customerId": "C1", "lines": lines}
            assert self.api.post(f"/api/order/{self.order_id}/place-order", body)[0] == 200
            self.status = counting.order(self.lines, self.order_id, self.items)
            self.find_order(self.status)
            if cancelled_at_once and self.status == "confirmed":
                self.cancel_order()

        @precondition(lambda self: self.status == "confirmed")
        @rule()
        def cancel_order(self) -> None:
            assert self.api.post(f"/api/order/{self.order_id}/cancel-order", {})[0] == 200
            counting.cancel(self.lines, self.order_id, self.items)
            self.status = "cancelled"
            self.find_order(self.status)

        def find_order(self, status: str) -> None:
            """Wait until an order has ended so, and everything that follows has happened."""

            def has_ended(told: dict[str, Any]) -> bool:
                return bool(told.get("rows")) and told["rows"][0]["data"]["status"] == status

            self.api.until(f"/api/views/orders/{self.order_id}", has_ended)
            ended.add(status)
            self.api.settle()
            for sku, item in self.items.items():
                # What the items said on the way to a rejection depends on who came first.
                item.version = self.api.get(f"/api/streams/item-{self.name(sku)}")["version"]
                self.touched.add(sku)

        @rule(sku=SKUS)
        def look(self, sku: str) -> None:
            path = f"/api/views/stock/{self.name(sku)}?at-least={self.items[sku].version}"
            (row,) = self.api.get(path, Prefer="wait=20")["rows"]
            item = self.items[sku]
            assert (row["version"], row["data"]["available"]) == (item.version, item.available)
            assert row["data"]["reserved"] == sum(item.reserved.values())
            assert row["data"]["reorderPoint"] == item.reorder_point
            assert row["data"]["discontinued"] == item.discontinued

        @invariant()
        def the_streams_have_what_was_told(self) -> None:
            for sku in self.touched:
                item = self.items[sku]
                found = self.api.get(f"/api/streams/item-{self.name(sku)}?at={item.version}")
                state = found["state"]
                assert (state["available"], state["short"]) == (item.available, item.low)
                assert state["reserved"] == self.own(item.reserved)
            self.touched.clear()

        def teardown(self) -> None:
            self.api.http.close()

    return Warehouse


def test_the_running_stack_agrees_with_a_model_after_any_sequence_of_commands(
    shared_stack: Running,
) -> None:
    ended: set[str] = set()

    run_state_machine_as_test(
        machine(shared_stack.url, ended),
        settings=settings(
            max_examples=size(6, 10),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert ended == {"confirmed", "rejected", "cancelled"}, "the rules do not reach every end"
