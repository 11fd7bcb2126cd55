"""Values of AMQP 1.0 whose type Python has no word for: an integer says how wide it is.

Text is `str`, binary is `bytes`, a list is `list`, a map is `dict`, null is `None`, a double is `float`.
"""

from dataclasses import dataclass
from typing import Any

type Value = Any


class UByte(int):
    """8 bits without a sign."""


class UShort(int):
    """16 bits without a sign."""


class UInt(int):
    """32 bits without a sign."""


class ULong(int):
    """64 bits without a sign."""


class Byte(int):
    """8 bits with a sign."""


class Short(int):
    """16 bits with a sign."""


class Int(int):
    """32 bits with a sign."""


class Long(int):
    """64 bits with a sign."""


class Timestamp(int):
    """Milliseconds since 1970, UTC."""


class Symbol(str):
    """A name out of a vocabulary, in ASCII."""

    __slots__ = ()


class Symbols(tuple[Symbol, ...]):
    """An array of symbols; as a value of its own because AMQP tells arrays from lists."""

    __slots__ = ()


class Strings(tuple[str, ...]):
    """An array of strings."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Described:
    """A value with the descriptor that says what it means."""

    descriptor: Value
    value: Value
