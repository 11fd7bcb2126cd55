"""What a token opens, and for how long."""

import pytest

from emulators.event_hubs.performatives import Performative
from emulators.event_hubs.values import Described, Strings, ULong
from emulators.tests.event_hubs.clients import Hub
from emulators.tests.event_hubs.wire import (
    ACCEPTED,
    RECEIVES,
    SENDS,
    message,
    opened,
    token,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

READ = {"operation": "READ", "type": "com.microsoft:eventhub"}


async def test_a_question_carries_its_token_and_gets_an_array_of_partitions(hub: Hub) -> None:
    async with opened(hub) as client:
        answer = await client.ask(
            "$management", None, **READ, name=hub.name, security_token=token(hub.name)
        )

    assert answer["application_properties"]["status-code"] == 200
    assert answer["value"]["partition_ids"] == Strings("0123")


@pytest.mark.parametrize("shown", [None, "nothing", "of another"])
async def test_a_question_without_a_right_token_is_not_answered(
    shown: str | None, hub: Hub
) -> None:
    tokens = {"nothing": "nothing", "of another": token("other")}
    more = {} if shown is None else {"security_token": tokens[shown]}

    async with opened(hub) as client:
        answer = await client.ask("$management", None, **READ, name=hub.name, **more)

    assert answer["application_properties"]["status-code"] == 401


async def test_two_pairs_of_links_on_one_session_get_their_own_answers(hub: Hub) -> None:
    question = {
        "operation": "READ",
        "type": "com.microsoft:partition",
        "name": hub.name,
        "security_token": token(hub.name),
    }
    async with opened(hub) as client:
        first = await client.attach(RECEIVES, "$management", answer_to="first")
        second = await client.attach(RECEIVES, "$management", answer_to="second")
        asks = await client.attach(SENDS, "$management")
        client.grant(first, 10)
        client.grant(second, 10)
        handles = []
        for address in ("first", "second"):
            properties = ["1", None, None, None, address]
            client.send(
                asks,
                message(
                    ("properties", properties),
                    ("application_properties", {**question, "partition": "0"}),
                    ("value", None),
                ),
            )
            handles.append((await client.hear(Performative.TRANSFER)).fields["handle"])

    assert handles == [first.fields["handle"], second.fields["handle"]]


@pytest.mark.parametrize("path", ["", "HUB", "HUB/ConsumerGroups/$Default/Partitions/0"])
async def test_a_token_opens_what_is_below_its_name(path: str, hub: Hub) -> None:
    name = path.replace("HUB", hub.name)

    async with opened(hub) as client:
        assert (await client.put_token(hub, token(name), name))["status-code"] == 202
        link = await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/$Default/Partitions/0")

    assert link.fields["source"] is not None


async def test_a_token_opens_nothing_else(hub: Hub) -> None:
    async with opened(hub) as client:
        refused = await client.put_token(hub, token("another"))
        narrow = f"{hub.name}/ConsumerGroups/$Default/Partitions/0"
        await client.put_token(hub, token(hub.name), narrow)
        link = await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/$Default/Partitions/1")

        assert refused["status-code"] == 401
        assert link.fields["source"] is None
        assert (await client.refusal())[0] == "amqp:unauthorized-access"


async def test_a_token_for_a_hub_that_is_not_there_is_not_taken(hub: Hub) -> None:
    async with opened(hub) as client:
        answer = await client.put_token(hub, token("nothing"), "nothing")

    assert answer["status-code"] == 404
    assert answer["status-description"] == "The messaging entity 'nothing' could not be found."


async def test_a_link_ends_with_its_token(hub: Hub) -> None:
    async with opened(hub) as client:
        assert (await client.put_token(hub, token(hub.name, 2)))["status-code"] == 202
        links = [
            await client.attach(SENDS, hub.name),
            await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/first/Partitions/0"),
        ]
        ended = [await client.hear(Performative.DETACH) for _ in links]

    handles = [[frame.fields["handle"] for frame in frames] for frames in (links, ended)]
    assert handles[0] == handles[1]
    assert {frame.fields["error"].value[0] for frame in ended} == {"amqp:unauthorized-access"}


async def test_a_link_goes_on_with_a_newer_token(hub: Hub) -> None:
    async with opened(hub) as client:
        await client.put_token(hub, token(hub.name, 1))
        link = await client.attach(SENDS, f"{hub.name}/Partitions/0")
        await client.put_token(hub, token(hub.name))
        # This one ends after the first: by then the link would be gone.
        other = "Hub0" if hub.name != "Hub0" else "Hub1"
        await client.put_token(hub, token(other, 2), other)
        await client.attach(SENDS, other)
        await client.hear(Performative.DETACH)

        assert await client.send_and_settle(link, message(("data", b"kept"))) == ACCEPTED


async def test_the_ends_of_links_may_have_no_address(hub: Hub) -> None:
    async with opened(hub) as client:
        nowhere = Described(ULong(0x29), [])
        answers = await client.attach(RECEIVES, "$cbs", target=nowhere)

    assert answers.fields["target"] == nowhere
