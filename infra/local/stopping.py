"""The end of the local stack: a signal, Ctrl-C, or the end of the process that started it; nothing is left behind.

What ends the emulators when the stack itself is killed is in emulators/parent.py.
"""

import asyncio
import signal
from collections.abc import Coroutine

from emulators.parent import parent_ends


async def until_stopped(serving: Coroutine[object, object, None]) -> None:
    """Serve until a signal comes or the parent ends; raises what the serving raises."""
    task = asyncio.ensure_future(serving)
    parent = asyncio.create_task(parent_ends())
    parent.add_done_callback(lambda _: task.cancel())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await asyncio.wait([task])
    finally:
        parent.cancel()
        task.cancel()
    if not task.cancelled():
        task.result()
