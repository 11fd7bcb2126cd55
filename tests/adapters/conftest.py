"""The adapters of the log open links: no test waits longer for one than it takes."""

from emulators.tests.event_hubs.haste import haste

__all__ = ["haste"]
