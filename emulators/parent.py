"""The end of the parent: who was started with a pipe to its standard input ends when the other end is closed."""

import asyncio
import os
import stat
import sys


async def parent_ends() -> None:
    """Wait until the parent has ended, however it ended: for ever where the standard input says nothing about it.

    A terminal, a file and /dev/null (a job in the background) do not.
    """
    if sys.stdin is None or not _is_pipe(sys.stdin.fileno()):
        await asyncio.Event().wait()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
