"""One app or three, not both: two publishers would share one lease prefix, and every event would come twice."""

import os
import sys

if os.environ.get("ONEWRITE_SPLIT", "false") == os.environ.get("ONEWRITE_TOGETHER", "true"):
    sys.exit(
        "set ONEWRITE_SPLIT and ONEWRITE_TOGETHER to opposites: azd env set ONEWRITE_TOGETHER false"
    )
