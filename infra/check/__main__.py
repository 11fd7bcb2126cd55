"""`python -m infra.check`: prints what is wrong with the package, and ends with 1 if anything is."""

import sys
from collections.abc import Iterator
from importlib import import_module

from infra.check.routes import unreachable
from shared.kernel.errors import ConfigurationError


def problems() -> Iterator[str]:
    """Yields a sentence for what a host would trip over, each mistake in the domain, and each wrong example."""
    try:
        package = import_module("function_app")
        # It reads the domain too, on its way.
        examples = import_module("infra.check.examples")
    except ConfigurationError as error:
        yield from str(error).splitlines()
        return
    yield from examples.refused_examples(import_module("shared.domain").domain)
    yield from unreachable(package.app)


if __name__ == "__main__":
    found = list(problems())
    for sentence in found:
        print(sentence)
    sys.exit(1 if found else 0)
