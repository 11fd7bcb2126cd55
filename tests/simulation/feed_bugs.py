"""Planted bugs of those who read the feed of the store from places of their own: the sweep and the rebuild."""

from tests.simulation.planting import Bug
from tests.simulation.unnoticed import PUBLISHER

KERNEL = "shared.kernel"

SWEEPING = [
    Bug(
        "the sweep looks at the first commit of a stream on a page",
        f"{PUBLISHER}.sweep:_last",
        "known.version < commit.version",
        "known.version > commit.version",
    ),
    Bug(
        "the sweep takes the commit itself for what the row has seen",
        f"{PUBLISHER}.sweep_witness:Witness.seen",
        "min(of_rows, default=commit.first - 1)",
        "max((commit.version, *of_rows))",
    ),
    Bug(
        "the sweep sends from the second missing version on",
        f"{PUBLISHER}.sweep:_Run._mend",
        "replay(StreamName.parse(stream), version)",
        "replay(StreamName.parse(stream), version + 1)",
    ),
    Bug(
        "the sweep notes its place before it has mended the page",
        f"{PUBLISHER}.sweep:_Run._page",
        "await self._prove(commits)",
        "self.note.places[stretch] = page.position\n"
        "    await self._keep()\n"
        "    await self._prove(commits)",
    ),
    Bug(
        "what the sweep has sent again counts as seen",
        f"{PUBLISHER}.sweep:_Run._mend",
        "self._remember(stream, Again(version=commit.version, sent=sent))",
        "pass",
    ),
    Bug(
        "a commit from the future stops the sweep of its range",
        f"{PUBLISHER}.sweep:_Run._page",
        "if 0 < old < len(page.items):",
        "if max(one['metadata']['time'] for one in page.items or ({'metadata': {'time': ''}},))"
        " > timestamp(self.sweep.now()):\n"
        "        return False\n"
        "    if 0 < old < len(page.items):",
    ),
    Bug(
        "a range that has merged goes on from the place of the faster of its parents",
        f"{PUBLISHER}.sweep:Sweep.run",
        "places = await reached(self.feed, note.places)",
        "from shared.kernel.delivery.feed_places import inherited\n"
        "    places = {\n"
        "        one: max(filter(None, inherited(one, note.places).values()), key=int, default=None)\n"
        "        for one in await self.feed.ranges()\n"
        "    }",
    ),
]

REBUILDING = [
    Bug(
        "an old generation is let go as soon as the new one is read",
        f"{KERNEL}.views.generation:Generations.ended",
        '{"serving": self.newest, "ahead": self.source == "store"}',
        '{"oldest": self.newest, "serving": self.newest}',
    ),
    Bug(
        "a rebuild notes its place before it has filled the page",
        "consumers.rebuild:Rebuild._fill",
        "streams = _beginning(coming, page.items)",
        "streams = _beginning(coming, page.items)\n"
        "            note.ranges[stretch] = Reached(position=page.position)\n"
        "            await self.progress.write(_place(coming.name), note.model_dump_json())",
    ),
    Bug(
        "new rows are read once the first range of the feed is full",
        "consumers.rebuild:Rebuild._fill",
        "break",
        "return True",
    ),
    Bug(
        "projections write none but the rows that are read",
        f"{KERNEL}.views.generation:kept_up",
        "{own.serving, own.newest} - {own.oldest}",
        "{own.serving} - {own.oldest}",
    ),
    Bug(
        "a rebuild ends where a commit is from the future",
        "consumers.rebuild:Rebuild._fill",
        "if not page.items or",
        "if not page.items or max(map(_time, page.items)) > timestamp(self.projections.now()) or",
    ),
    Bug(
        "an old generation is let go though the sweep has not gone past",
        "consumers.rebuild:Rebuild._swept",
        "if page.items and",
        "if not page.items and",
    ),
]
