"""The doctor opens many links to the log: no test waits longer for one than it takes."""

from emulators.tests.event_hubs.haste import haste

__all__ = ["haste"]
