"""A command that waits: what its message holds, and what is read out of it."""

import json
from dataclasses import replace

from shared.domain.shop import domain
from shared.domain.shop.item.commands import ReceiveStock
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.queued_command import encode_command, request_of, stream_of
from tests.kernel.asking import NOON
from tests.kernel.worlds import TEAPOT, request


def test_a_command_comes_out_of_a_message_as_it_went_in() -> None:
    sent = replace(request(ReceiveStock(quantity=3), "c1"), expected=Expected.at(4))

    read, stream = stream_of(encode_command(sent, NOON))

    assert stream == TEAPOT
    assert request_of(read, domain) == replace(sent, metadata=replace(sent.metadata, accepted=NOON))
    assert read.digest == sent.digest


def test_a_command_that_waits_has_the_time_that_older_code_asks_for() -> None:
    waits = json.loads(encode_command(request(ReceiveStock(quantity=3), "c1"), NOON))

    assert (waits["metadata"]["time"], waits["metadata"]["accepted"]) == (NOON, NOON)
