"""★ The business that runs. Put yours beside `shop`, and name it in this one line."""

from shared.domain.shop import domain

__all__ = ["domain"]
