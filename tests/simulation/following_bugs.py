"""Planted bugs of feeds beyond their writer: of who fills, serves and follows them."""

from tests.simulation.planting import Bug

FILLING, READER = "consumers.feed_filling:Filling", "command_api.feeds.reading:FeedReader"
POLLING, PLACES = "consumers.polling.polling:Polling", "consumers.polling"
WEBHOOKS = "consumers.webhooks.inbound_commands:Webhooks"

SERVING = [
    Bug(
        "who fills a feed notes its place before it has appended",
        f"{FILLING}._fill",
        "await self._catch_up(feed, _wanted(page, young))",
        "note.ranges[stretch] = page.position\n"
        "            await self._keep(notes)\n"
        "            await self._catch_up(feed, _wanted(page, young))",
        pulled=True,
    ),
    Bug(
        "a cursor that leads on to the next page leads past its first event",
        f"{READER}._of_chain",
        "batch.take(page, Place(page.number, 0))",
        "batch.take(page, Place(page.number, 1))",
        pulled=True,
    ),
    Bug(
        "a cursor of an older generation goes on in the newer one",
        f"{READER}.after",
        "(cursor.generation, len(cursor.places)) != (self.feed.generation, self.feed.partitions)",
        "len(cursor.places) != self.feed.partitions",
        pulled=True,
    ),
]

FOLLOWING = [
    Bug(
        "the place in a feed is kept before the effect",
        f"{POLLING}._read",
        "    await self._handle(feed, kept, document)\n    return batches",
        "    await self._keep(kept, batches.behind(place, url, answer, document)[0])\n"
        "    await self._handle(feed, kept, document)\n    return batches",
        pulled=True,
    ),
    Bug(
        "the place in a feed is written over, whoever has moved it",
        f"{POLLING}._keep",
        "written, kept.tag)",
        "written, (await self.progress.find(kept.name) or kept).tag)",
        pulled=True,
    ),
    Bug(
        "who was late with the place in a feed moves it back with the next document",
        f"{POLLING}._keep",
        "return kept.tag is not None",
        "if kept.tag is None:\n"
        "        kept.tag = getattr(await self.progress.find(kept.name), 'tag', None)\n"
        "    return True",
        pulled=True,
    ),
    Bug(
        "what comes again from others has another id",
        f"{WEBHOOKS}._handle",
        "self.dispatcher.dispatch, request)",
        "self.dispatcher.dispatch, replace(request, command_id=f'{request.command_id} {self.now()}'))",
        pulled=True,
    ),
    Bug(
        "who follows waits for a place that is gone",
        f"{POLLING}._step",
        "return await self._keep(kept, Place(feed=feed.url))",
        "return False",
        pulled=True,
    ),
    Bug(
        "an archive that is throttled counts as read",
        f"{POLLING}._step",
        "    except FeedGone:\n",
        "    except FeedUnavailable:\n"
        "        if not (place.found and place.back):\n"
        "            raise\n"
        "        left = place.back[:-1]\n"
        "        return await self._keep(\n"
        "            kept, place.moved(done=place.back[-1], back=left, found=bool(left))\n"
        "        )\n"
        "    except FeedGone:\n",
        pulled=True,
    ),
    Bug(
        "a feed that wants to be left alone is asked in the next run",
        f"{POLLING}._poll",
        "if not kept.place.waits(self.now()):",
        "if True:",
        pulled=True,
    ),
    Bug(
        "an event of others that can never take effect stops its feed",
        f"{WEBHOOKS}.take",
        "    await self.handle(",
        "    for event in events:\n"
        "        for one in self._bound(event):\n"
        "            list(one.commands(event))\n"
        "    await self.handle(",
        pulled=True,
    ),
    Bug(
        "what is to be handled next of a document is noted as handled",
        f"{POLLING}._handle",
        "names(portions[number - 1])",
        "names(portions[number])",
        pulled=True,
    ),
    Bug(
        "events of one subject are handled side by side",
        f"{POLLING}._handle",
        "lanes[item.about]",
        "lanes[item.id]",
        pulled=True,
    ),
    Bug(
        "who has read the oldest archive believes to know the newest",
        f"{PLACES}.archives:behind",
        "done=place.back[-1]",
        "done=place.back[0]",
        pulled=True,
    ),
]
