"""How a replenishment takes the fact that the policy makes."""

from typing import Annotated

from pydantic import Field

from shared.kernel.messages.message import LARGEST_EXACT_INTEGER, Command

Shortage = Annotated[int, Field(ge=1, le=LARGEST_EXACT_INTEGER, examples=[1])]


class RecordReplenishmentRequest(Command):
    """The item's nth shortage asks for more of it."""

    shortage: Shortage
