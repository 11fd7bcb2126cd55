"""Gives tests the addresses and keys that they name as their parameters."""

import inspect
import os
from collections.abc import Callable
from typing import Any

import pytest


class EnvironmentVariableLoader:
    """Passes variables of the environment on; a test is left out when what it needs cannot be there."""

    def __init__(self, _: str, **names: str) -> None:
        self._names = names

    def __call__(self, test: Callable[..., Any]) -> Callable[..., Any]:
        parameters = inspect.signature(test).parameters
        takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
        text = inspect.getsource(test)
        wanted = [name for name in self._names if name in (text if takes_all else parameters)]

        def given() -> dict[str, str]:
            missing = [name for name in wanted if name.upper() not in os.environ]
            if missing:
                pytest.skip(f"the emulator refuses by name what {missing[0]} would lead to")
            return {name: os.environ[name.upper()] for name in wanted}

        # With `functools.wraps`, pytest would take the parameters of the original for fixtures.
        if inspect.iscoroutinefunction(test):

            async def awaited(case: Any) -> None:
                await test(case, **given())

            return awaited

        def called(case: Any) -> None:
            test(case, **given())

        return called
