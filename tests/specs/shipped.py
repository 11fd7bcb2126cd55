"""`make shipped`: writes a sample of every schema that has none, and refuses one that is not what was shipped."""

import sys

from tests.active import SHIPPED, domain
from tests.specs.all import SPECS
from tests.specs.samples import Samples, changed, completed, missing


def main() -> int:
    """Keep what is stored from now on; 1, and nothing is written, if anything has changed since it was shipped."""
    shipped = Samples.read(SHIPPED)
    if wrong := changed(domain, shipped):
        print(*wrong, sep="\n")
        return 1
    new = missing(domain, shipped)
    completed(domain, SPECS, shipped).write(SHIPPED)
    print(f"{len(new)} new in {SHIPPED}:", *new, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
