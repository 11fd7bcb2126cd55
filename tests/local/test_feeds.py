"""Feeds of the running stack, read by the readers that docs/feeds.md shows."""

import asyncio
import json
import re
import subprocess
import sys

import aiohttp
import pytest

from emulators.tests.machine import limit
from tests.local.names import Names
from tests.local.running import Running
from tests.local.shopping import order, stock
from tests.reference import ROOT

PAGE = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
LOOP = {
    "python": """
import sys
host, url, *wanted = sys.argv[1:]
for batch, url in batches(host, url):
    for event in batch:
        print(json.dumps([event["subject"], event["sequence"]]), flush=True)
        wanted = [one for one in wanted if one != event["subject"]]
    if not wanted:
        break
""",
    "javascript": """
const [host, url, ...wanted] = process.argv.slice(2);
const left = new Set(wanted);
(async () => {
  for await (const [batch] of batches(host, url)) {
    for (const event of batch) {
      console.log(JSON.stringify([event.subject, event.sequence]));
      left.delete(event.subject);
    }
    if (!left.size) break;
  }
})();
""",
}
RUNS = {"python": (sys.executable, "reader.py"), "javascript": ("node", "reader.js")}


def reader(language: str) -> str:
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    return str(code)


@pytest.mark.parametrize("language", RUNS)
def test_a_reader_of_ten_lines_is_shown(language: str) -> None:
    lines = [line for line in reader(language).splitlines() if line.strip()]

    assert len(lines) <= 10


@pytest.mark.parametrize("language", RUNS)
async def test_the_reader_that_is_shown_hears_of_every_order(
    stack: Running, own: Names, language: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    orders = [f"order-{own(str(number))}" for number in range(3)]
    command, name = RUNS[language]
    path = tmp_path_factory.mktemp("reader") / name
    path.write_text(reader(language) + LOOP[language], encoding="utf-8")
    async with aiohttp.ClientSession(stack.url) as http:
        async with http.get("/api/feeds") as answer:
            first = (await answer.json())["feeds"][0]["first"]
        running = await asyncio.create_subprocess_exec(
            *(command, path, stack.url, first, *orders), stdout=subprocess.PIPE
        )
        await stock(http, own("TEA"), 5)
        for one in orders:
            await order(http, one.removeprefix("order-"), {own("TEA"): 1})
        async with asyncio.timeout(limit()):
            said, _ = await running.communicate()

    heard = [tuple(json.loads(line)) for line in said.decode().splitlines()]
    assert running.returncode == 0
    assert len(heard) == len(set(heard)), "an event is in the feed once"
    assert {subject for subject, _ in heard} >= set(orders)
