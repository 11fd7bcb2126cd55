"""The commands of the first page, feeds and webhooks, typed as they stand there (the runbooks: tests/infra)."""

import asyncio
import re

import pytest

from tests.local.names import Names
from tests.local.running import PARTNERS, Running
from tests.reference import ROOT

SECRET = PARTNERS["WEBHOOK_SECRETS"].rpartition("=")[2]


def blocks(page: str) -> list[str]:
    """Gives the blocks of a page that ask the local stack for something."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [one for one in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "curl" in one]


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("README.md", ["HTTP/1.1 200 OK", "ItemRegistered", "StockReceived", '"view":"stock"']),
        ("docs/feeds.md", ['"first":', "HTTP/1.1 200 OK", 'rel="next"', 'rel="current"']),
        ("docs/webhooks.md", ["HTTP/1.1 200 OK", '{"taken":1}']),
    ],
)
async def test_what_a_page_shows_can_be_typed(
    stack: Running, own: Names, page: str, says: list[str]
) -> None:
    (block,) = blocks(page)
    typed = block.replace("127.0.0.1:7071", f"127.0.0.1:{stack.ports.http}")
    for shown, here in (("SKU1", own("SKU1")), ("local-webhook-secret", SECRET), ("d1", own("d1"))):
        typed = typed.replace(shown, here)
    # Who types is slower than the projections.
    typed = typed.replace("curl ", "curl -sf --retry 60 --retry-delay 1 --retry-all-errors ")
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", typed), stdout=asyncio.subprocess.PIPE
    )

    said = (await process.communicate())[0].decode()

    assert process.returncode == 0
    for one in says:
        assert one in said
