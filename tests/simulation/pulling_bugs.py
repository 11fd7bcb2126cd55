"""Planted bugs of who appends to feeds: each loses an event, doubles one or puts one in front of another."""

from tests.simulation.planting import Bug

FEEDS, CHAINS = "consumers.feeds:Feeds", "consumers.chain_writing:Chains"

PULLING = [
    Bug(
        "what was appended last is not noted before more is appended",
        f"{CHAINS}._end",
        "if self._noted.get(chain) != newest.tag:",
        "if False:",
        pulled=True,
    ),
    Bug(
        "who appends reads how far streams are before the page",
        f"{CHAINS}.append",
        "        end = await self._end(chain)\n"
        "        left = unseen(left, await self.feed_pages.reached("
        "chain, {one.stream for one in left}))\n",
        "        known = await self.feed_pages.reached(chain, {one.stream for one in left})\n"
        "        end = await self._end(chain)\n"
        "        left = unseen(left, known)\n",
        pulled=True,
    ),
    Bug(
        "what somebody else was faster with counts as appended",
        f"{CHAINS}._write",
        "return entries, []",
        "return [], []",
        pulled=True,
    ),
    Bug(
        "what a page has no room for is left out",
        f"{CHAINS}._write",
        "return list(left), []",
        "return [], []",
        pulled=True,
    ),
    Bug(
        "it is noted that an event is in a chain before it is",
        f"{CHAINS}._write",
        "        tag = await self.feed_pages.write(page, end.tag)\n",
        "        await self.feed_pages.note(page.chain, page.unnoted)\n"
        "        tag = await self.feed_pages.write(page, end.tag)\n",
        pulled=True,
    ),
    Bug(
        "what is in a chain is appended again when it comes again",
        "shared.kernel.feeds.page:unseen",
        "if entry.version > reached.get(entry.stream, 0):",
        "if entry.version >= reached.get(entry.stream, 0):",
        pulled=True,
    ),
    Bug(
        "what the log has lost is not looked for in the store",
        f"{FEEDS}._append",
        "if given.lacks(known):",
        "if False:",
        pulled=True,
    ),
    Bug(
        "a chain that could not be written is forgotten",
        f"{FEEDS}._append_all",
        "if errors:",
        "if False:",
        pulled=True,
    ),
    Bug(
        "only what a batch gives first is appended",
        f"{FEEDS}._entries",
        "return entries\n",
        "return entries[:1]\n",
        pulled=True,
    ),
]
