"""How large a run is: a sample with every change, and all that is promised with `make long`."""

import os

LONG = "LONG" in os.environ


def size(sample: int, whole: int) -> int:
    """Choose the size of a run."""
    return whole if LONG else sample
