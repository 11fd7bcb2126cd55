"""A stack ends with the process that started it, so that a killed test leaves nothing behind."""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import astuple
from pathlib import Path

from emulators.tests.waiting import until_true
from infra.local.ports import Ports
from tests.reference import ROOT

PARENT = """
import sys
from pathlib import Path
from infra.local.ports import Ports
from tests.local.running import start

if __name__ == "__main__":
    stack = start(Path(sys.argv[1]), Ports(*map(int, sys.argv[2:])))
    print(stack.process.pid, flush=True)
    sys.stdin.read()
"""


async def test_a_stack_ends_with_its_parent_though_that_is_killed(tmp_path: Path) -> None:
    ports = Ports.free()
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(tmp_path / "state"), *map(str, astuple(ports))),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout
    group = int(await parent.stdout.readline())
    try:
        assert ports.taken() is not None
        parent.kill()
        await parent.wait()

        await until_true(lambda: ports.taken() is None)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
