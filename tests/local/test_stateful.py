"""Any sequence of commands, repeats and restarts of the client: the running stack agrees with a model."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.local.running import running

QUANTITIES = st.integers(1, 5)
RESERVATIONS = st.sampled_from(["r1", "r2", "r3"])


@dataclass
class Model:
    """An item as a child would count it."""

    available: int = 0
    version: int = 1


def machine(url: str) -> type[RuleBasedStateMachine]:
    """Make a machine whose items live at a URL."""

    class Item(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.item = f"{url}/api/item/{uuid4()}"
            self.model = Model()
            self.reserved: dict[str, int] = {}
            self.last: tuple[str, dict[str, Any], str, dict[str, Any]] | None = None
            assert self.ask("register-item", name="Thing", reorderPoint=0)[0] == 200

        def ask(self, command: str, **body: Any) -> tuple[int, dict[str, Any]]:
            key = str(uuid4())
            told = self.send(command, body, key)
            self.last = (command, body, key, told[1]) if told[0] == 200 else self.last
            return told

        def send(self, command: str, body: Any, key: str) -> tuple[int, dict[str, Any]]:
            headers = {"Idempotency-Key": key}
            answer = requests.post(f"{self.item}/{command}", json=body, headers=headers, timeout=20)
            return answer.status_code, answer.json()

        def done(self, told: tuple[int, dict[str, Any]], available: int) -> None:
            assert told[0] == 200, told
            self.model = Model(available, self.model.version + 1)
            assert told[1]["version"] == self.model.version

        @rule(quantity=QUANTITIES)
        def receive(self, quantity: int) -> None:
            told = self.ask("receive-stock", quantity=quantity)
            self.done(told, self.model.available + quantity)

        @rule(reservation=RESERVATIONS, quantity=QUANTITIES)
        def reserve(self, reservation: str, quantity: int) -> None:
            told = self.ask("reserve-stock", reservationId=reservation, quantity=quantity)
            held = self.reserved.get(reservation)
            if held == quantity:
                assert (told[0], told[1]["events"]) == (200, [])
            elif held is not None:
                assert told[1]["refusal"] == "reservation-differs"
            elif quantity > self.model.available:
                assert told[1]["refusal"] == "not-enough-stock"
            else:
                self.done(told, self.model.available - quantity)
                self.reserved[reservation] = quantity

        @rule(reservation=RESERVATIONS, command=st.sampled_from(["release", "ship"]))
        def end(self, reservation: str, command: str) -> None:
            told = self.ask(f"{command}-reservation", reservationId=reservation)
            if reservation not in self.reserved:
                assert told[1]["refusal"] == "reservation-unknown"
                return
            held = self.reserved.pop(reservation)
            back = held if command == "release" else 0
            self.done(told, self.model.available + back)

        @rule()
        def repeat(self) -> None:
            if self.last is not None:
                command, body, key, told = self.last
                if told["events"]:
                    assert self.send(command, body, key) == (200, told)

        @invariant()
        def the_stream_has_what_was_told(self) -> None:
            stream = f"{url}/api/streams/item-{self.item.rpartition('/')[2]}"
            found = requests.get(stream, params={"at": self.model.version}, timeout=20).json()
            assert found["state"]["available"] == self.model.available
            assert found["state"]["reserved"] == self.reserved

    return Item


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with asyncio.Runner() as runner, ExitStack() as stack:
        context = running(tmp_path)
        started = runner.run(context.__aenter__())
        stack.callback(lambda: runner.run(context.__aexit__(None, None, None)))
        yield started.url


@pytest.mark.timeout(120)
def test_the_running_stack_agrees_with_a_model_after_any_sequence_of_commands(url: str) -> None:
    run_state_machine_as_test(
        machine(url),
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
