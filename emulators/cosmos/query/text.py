"""From tree back to text: what the parser reads again as the same tree."""

import json

from emulators.cosmos.query.syntax import (
    Array,
    Constant,
    Expression,
    Object,
    Operation,
    Parameter,
    Path,
)

_INFIX = frozenset(
    {"=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||", "??", "LIKE", "AND", "OR"}
)


def text_of(expression: Expression) -> str:
    """Write an expression."""
    match expression:
        case Constant(value=value):
            return json.dumps(value)
        case Parameter(name=name):
            return name
        case Path(steps=(alias, *steps)):
            return f"{alias}{''.join(f'[{json.dumps(step)}]' for step in steps)}"
        case Array(elements=elements):
            return f"[{_list(elements)}]"
        case Object(pairs=pairs):
            written = (f"{json.dumps(name)}: {text_of(value)}" for name, value in pairs)
            return f"{{{', '.join(written)}}}"
        case Operation():
            return _operation(expression)
        case _:
            raise TypeError(f"no expression: {expression!r}")


def _operation(operation: Operation) -> str:
    if operation.name in _INFIX:
        return f"({f' {operation.name} '.join(map(text_of, operation.operands))})"
    match operation.name, operation.operands:
        case "NOT", (inner,):
            return f"(NOT ({text_of(inner)}))"
        case "NEGATIVE", (inner,):
            return f"(-{text_of(inner)})"
        case "?:", (test, yes, no):
            return f"({text_of(test)} ? {text_of(yes)} : {text_of(no)})"
        case "IN", (left, *candidates):
            return f"({text_of(left)} IN ({_list(candidates)}))"
        case "BETWEEN", (value, low, high):
            return f"({text_of(value)} BETWEEN {text_of(low)} AND {text_of(high)})"
        case name, operands:
            return f"{name}({_list(operands)})"


def _list(expressions: tuple[Expression, ...] | list[Expression]) -> str:
    return ", ".join(map(text_of, expressions))
