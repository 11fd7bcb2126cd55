"""Every role of a process, assembled as it is deployed; its ports are those that the weather reaches."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from consumers.chain_writing import Chains
from consumers.deadlines import Deadlines
from consumers.feed_filling import Filling
from consumers.feeds import Feeds
from consumers.mailbox import Mailbox, command_in
from consumers.notifications import Notifications
from consumers.place_in_hub import Follower, Handle
from consumers.projections import Projections
from consumers.reaction_handlers import event_processor
from consumers.reactions import Reactions
from consumers.rebuild import Rebuild
from consumers.stored_events import event_in
from shared.kernel.commands.dispatcher import Dispatcher, dispatcher
from shared.kernel.domain import Domain
from shared.kernel.ports import Log, LogReader
from shared.kernel.views.generation import GenerationRows
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep
from single_publisher.sweep_witness import Witness
from tests.simulation.calls import Calls
from tests.simulation.cloud import Cloud
from tests.simulation.deployments import spoilt
from tests.simulation.feed import SimFeed
from tests.simulation.keeping import SimOutcomes, SimParking, SimProgress
from tests.simulation.ports import SimLog, SimRows, SimStore
from tests.simulation.pulling import SimFeedPages
from tests.simulation.sending import SimHub, SimNotifier, SimReader

AGE = timedelta(seconds=0.5)
GRACE = timedelta(seconds=5)
BATCH_SECONDS = 1.0
PAGE = 1
"""Rows that a look for deadlines takes at a time."""


@dataclass(frozen=True)
class Roles:
    """What a process runs; `waiting` takes the commands that are to wait."""

    dispatcher: Dispatcher
    waiting: SimHub
    publisher: Publisher
    projections: Projections
    reactions: Reactions
    notifications: Notifications
    feeds: Feeds
    filling: Filling
    mailbox: Mailbox
    deadlines: Deadlines
    rebuild: Rebuild
    sweep: Sweep
    followers: dict[str, Follower] = field(default_factory=dict)


def assemble(
    version: Domain,
    cloud: Cloud,
    calls: Calls,
    pause: Callable[[int], Awaitable[None]],
    detached: Callable[[Any], object],
) -> Roles:
    """Assemble the roles of a version; `detached` runs what has left the process already."""
    store = SimStore(calls, cloud, detached)
    parking = SimParking(calls, cloud.parking)
    rows = SimRows(calls, cloud.rows, cloud.back)
    log = SimLog(calls, cloud.log, cloud.lost, cloud.losses)
    # The sweep looks again at what it has sent; what fills a gap is sent once.
    swept = SimLog(calls, cloud.log, cloud.lost, cloud.losses, often=5)
    feed, progress = SimFeed(calls, cloud), SimProgress(calls, cloud.progress)
    clock, now = asyncio.get_running_loop().time, cloud.clock(calls.host)
    served = GenerationRows(rows, attrgetter("serving"), clock)
    outcomes = SimOutcomes(calls, cloud.outcomes)
    notifier = SimNotifier(calls, cloud.topic)
    chains = Chains(SimFeedPages(calls, cloud.pages))

    async def give_log() -> Log:
        return log

    feeds = Feeds(version, served, chains, store, parking, now, pause)
    dispatching = dispatcher(version, store, now, pause)
    processor = event_processor(version, dispatching, pause)
    publisher = Publisher(swept, store, parking, now)
    views = [spoilt(view, lambda: cloud.spoilt) for view in cloud.domain.kept_views]
    projections = Projections(views, rows, store, parking, give_log, now)
    roles = Roles(
        dispatcher=dispatching,
        waiting=SimHub(calls, cloud.waiting),
        publisher=publisher,
        projections=projections,
        reactions=Reactions(version, processor, store, parking, now),
        notifications=Notifications(version, served, notifier, store, parking, now, pause),
        feeds=feeds,
        filling=Filling(feeds, feed, progress, clock),
        mailbox=Mailbox(version, dispatching, outcomes, parking, now, pause),
        deadlines=Deadlines(
            *(version.deadlines, served, store, dispatching, parking, progress), now, PAGE
        ),
        rebuild=Rebuild(projections, feed, progress, GRACE, clock),
        sweep=Sweep(
            feed=feed,
            progress=progress,
            witness=Witness(
                GenerationRows(rows, attrgetter("oldest"), clock), cloud.domain.kept_views
            ),
            parking=parking,
            publisher=publisher,
            consumers=("single_publisher", "projections"),
            now=now,
            age=AGE,
        ),
    )
    roles.followers.update(
        _followers(roles, calls, cloud, parking=parking, progress=progress, pause=pause)
    )
    return roles


def _followers(
    roles: Roles,
    calls: Calls,
    cloud: Cloud,
    *,
    parking: SimParking,
    progress: SimProgress,
    pause: Callable[[int], Awaitable[None]],
) -> dict[str, Follower]:
    """Give each consumer what follows its hub."""
    handles: dict[str, Handle] = {
        "projections": roles.projections.project,
        "reactions": roles.reactions.react,
        "notifications": roles.notifications.notify,
        "feeds": roles.feeds.feed,
        "mailbox": roles.mailbox.handle,
    }
    found: dict[str, Follower] = {}
    for consumer, handle in handles.items():
        hub = SimReader(calls, cloud.hub(consumer))
        read = command_in if consumer == "mailbox" else event_in
        found[consumer] = Follower(
            *(consumer, handle, progress, partial(_give, hub), parking),
            *(calls.partitions, cloud.clock(calls.host), pause),
            read=read,
            seconds=BATCH_SECONDS,
            clock=asyncio.get_running_loop().time,
        )
    return found


async def _give(hub: LogReader) -> LogReader:
    return hub
