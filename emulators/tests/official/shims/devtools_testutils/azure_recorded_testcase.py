"""The credential of the tests: the key that the emulator publishes."""

import os
from typing import Any


def get_credential(**_: Any) -> str:
    return os.environ["ACCOUNT_KEY"]
