"""Wrong clocks: in three worlds of twenty those of hosts are ahead, behind, or each otherwise wrong."""

from collections.abc import Mapping
from datetime import timedelta

HOUR = timedelta(hours=1)
OF = 20
WRONG = {0: (HOUR,) * 3, 10: (-HOUR,) * 3, 13: (HOUR, timedelta(), -HOUR)}


def clocks(seed: int) -> Mapping[str, timedelta]:
    """Tell by how much the clocks of a world's hosts are wrong."""
    return {f"host-{number}": by for number, by in enumerate(WRONG.get(seed % OF, ()))}
