"""What others make of our Atom: feedparser reads every document; a validator of RFC 4287 finds nothing wrong."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from emulators.tests.machine import limit
from tests.kernel.feeding import entries
from tests.roles.reading import append, body, follow, links
from tests.roles.wired import Wired

# It installs packages from the registry.
pytestmark = pytest.mark.proof

HERE: Final = Path(__file__).parent / "atom"
ACCEPT: Final = {"Accept": "application/atom+xml"}
HEAD: Final = "/api/feeds/shop"
DOCUMENTS: Final = (HEAD, "/api/feeds/shop/0", "/api/feeds/shop/0/1-1", "/api/feeds/shop/0/1-2")


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installs feedparser and lxml beside the packages of the rest, and gives the folder in which they are."""
    folder = tmp_path_factory.mktemp("atom")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile")
    install = (
        *pip,
        "--disable-pip-version-check",
        f"--target={folder}",
        "-r",
        HERE / "readers.txt",
    )
    subprocess.run(install, check=True, timeout=limit(300))
    return folder


def told(tools: Path, task: str, documents: Sequence[bytes]) -> list[Any]:
    """Gives what a task tells of each document."""
    ran = subprocess.run(
        (sys.executable, str(HERE / "read.py"), task),
        env={**os.environ, "PYTHONPATH": str(tools)},
        input=json.dumps([base64.b64encode(one).decode() for one in documents]),
        capture_output=True,
        check=True,
        text=True,
        timeout=limit(60),
    )
    found: list[Any] = json.loads(ran.stdout)
    return found


async def document(wired: Wired, url: str) -> bytes:
    answer = await follow(wired, url, ACCEPT)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return answer.get_body()


async def test_feedparser_reads_what_is_in_every_document(wired: Wired, tools: Path) -> None:
    await append(wired, 0, entries("order-1", 1, 150))
    documents = [await document(wired, url) for url in DOCUMENTS]

    for url, read in zip(DOCUMENTS, told(tools, "read", documents), strict=True):
        plain = await follow(wired, url)
        assert (read["version"], read["malformed"], read["dated"]) == ("atom10", False, True)
        assert read["title"].startswith("What happens to orders")
        assert read["author"] == "Orders and stock"
        assert read["types"] == ["application/cloudevents+json"]
        assert read["events"] == list(reversed(body(plain)))
        assert len(set(read["ids"])) == len(read["events"]) in {50, 100}
        assert read["links"] == links(await follow(wired, url, ACCEPT))
        assert read["archive"] == (url == DOCUMENTS[2])


async def test_a_validator_finds_nothing_in_any_document(wired: Wired, tools: Path) -> None:
    empty = await document(wired, HEAD)
    await append(wired, 0, entries("order-1", 1, 150))
    documents = [empty, *[await document(wired, url) for url in DOCUMENTS]]

    assert told(tools, "faults", documents) == [[]] * 5


BROKEN: Final = {
    b"<id>urn": b"<id/><id>urn",
    b"<author><name>Orders and stock</name></author>": b"",
    b"Z</updated>": b"</updated>",
    b"<content ": b"<summary>another</summary><content ",
    b' href="': b' address="',
    b'type="application/cloudevents+json"': b'type="json"',
}


async def test_a_validator_would_find_what_is_wrong(wired: Wired, tools: Path) -> None:
    await append(wired, 0, entries("order-1", 1, 2))
    good = await document(wired, HEAD)

    broken = [good.replace(right, wrong) for right, wrong in BROKEN.items()]

    assert good not in broken
    assert [bool(one) for one in told(tools, "faults", broken)] == [True] * len(BROKEN)
