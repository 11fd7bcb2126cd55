"""`python -m infra.without_traceback MODULE …`: runs a command, and prints configuration errors as sentences."""

import runpy
import sys

from shared.kernel.errors import ConfigurationError


def main() -> None:
    """Run the module with the remaining arguments; exits with 1 and the sentences of a ConfigurationError."""
    sys.argv = sys.argv[1:]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except ConfigurationError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
