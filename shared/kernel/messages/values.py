"""Values that most domains need: a day, a moment, an amount of money."""

from datetime import date, datetime
from decimal import Context, Decimal
from typing import Annotated

from pydantic import Field

from shared.kernel.messages.message import Message
from shared.kernel.messages.text_forms import DIGITS

Day = Annotated[date, Field(examples=["2026-11-23"])]
Moment = Annotated[datetime, Field(examples=["2026-11-23T12:00:00.000000Z"])]
"""With its offset, and kept in UTC: one without is refused."""

# Wide enough for whatever fits into decimals, so that nothing is rounded.
_EXACT = Context(prec=4 * DIGITS + 1)


class Money(Message):
    """An exact amount in one currency (ISO 4217); amounts of two currencies do not mix.

    What is counted is Money, whatever a subclass limits: the limits of an amount are not those of a sum. Nor do
    they make another amount of it, so that amounts are equal by what they hold.
    """

    amount: Annotated[Decimal, Field(examples=["12.50"])]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]

    def __add__(self, other: "Money") -> "Money":
        return self._with(_EXACT.add(self.amount, self._same(other)))

    def __sub__(self, other: "Money") -> "Money":
        return self._with(_EXACT.subtract(self.amount, self._same(other)))

    def __mul__(self, factor: int | Decimal) -> "Money":
        return self._with(_EXACT.multiply(self.amount, factor))

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return self._with(self.amount.copy_negate())

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))

    def _same(self, other: "Money") -> Decimal:
        """Give the amount of another; raises ValueError for one of another currency."""
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} is not {self.currency}")
        return other.amount

    def _with(self, amount: Decimal) -> "Money":
        return Money(amount=amount, currency=self.currency)
