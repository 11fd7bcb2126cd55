"""What is wrong with a domain, found when it is assembled: each mistake by name, and what to do about it."""

from shared.kernel.checks.domain import faults
from shared.kernel.checks.kinds import kind_faults

__all__ = ["faults", "kind_faults"]
