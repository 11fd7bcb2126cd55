"""What was sent is read again and again: no test waits longer for a link to the log than it takes."""

from emulators.tests.event_hubs.haste import haste

__all__ = ["haste"]
