"""Says in one sentence what to do when the Python at hand is not the one that the project needs."""

import sys

if sys.version_info[:2] != (3, 13):
    sys.exit(
        "Onewrite runs on Python 3.13, and this is %d.%d (%s): install 3.13 (for example `pyenv install"
        " 3.13` or `apt-get install python3.13-venv`), or name it: make PYTHON=/path/to/python3.13"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
