"""Writes what is asked as the text of a query: literals, or parameters in their place."""

import json
from collections.abc import Callable
from typing import Any

from emulators.tests.cosmos.reader import Asked

type Literal = Callable[[Any], str]

INFIX = frozenset({"+", "-", "*", "/", "%", "||", "??"})


def to_text(asked: Asked, literal: Literal = json.dumps) -> str:
    """Write a query; `literal` writes a value."""
    words = ["SELECT", *(["DISTINCT"] if asked.distinct else [])]
    words += [f"TOP {asked.take}"] if asked.take is not None and asked.on_top else []
    words += [_selection(asked, literal), "FROM c"]
    words += ["JOIN t IN c.tags"] if asked.joined else []
    if asked.condition is not None:
        words += ["WHERE", _condition(asked.condition, literal)]
    if asked.grouped:
        words += ["GROUP BY", f"c.{asked.grouped}"]
    if asked.order:
        words += ["ORDER BY", f"c.{asked.order}", "DESC" if asked.descending else "ASC"]
    if asked.take is not None and not asked.on_top:
        words += [f"OFFSET {asked.skip} LIMIT {asked.take}"]
    return " ".join(words)


def with_parameters(asked: Asked) -> tuple[str, list[dict[str, Any]]]:
    """Write a query whose values are all parameters."""
    given: list[dict[str, Any]] = []

    def literal(value: Any) -> str:
        given.append({"name": f"@p{len(given)}", "value": value})
        return f"@p{len(given) - 1}"

    return to_text(asked, literal), given


def _selection(asked: Asked, literal: Literal) -> str:
    terms = [_term(one, literal) for one in asked.selected]
    if asked.grouped:
        return f"c.{asked.grouped} AS key, {asked.aggregate}({terms[0]}) AS value"
    if asked.aggregate:
        return f"VALUE {asked.aggregate}({terms[0]})"
    if len(terms) == 1:
        return f"VALUE {terms[0]}"
    return ", ".join(f"{term} AS f{n}" for n, term in enumerate(terms)) or "*"


def _term(expression: Any, literal: Literal) -> str:
    match expression:
        case str(path) if path.startswith("$t"):
            return path[1:]
        case str(path):
            return f"c.{path}"
        case ("literal", value):
            return literal(value)
        case (str(sign), left, right) if sign in INFIX:
            return f"({_term(left, literal)} {sign} {_term(right, literal)})"
        case ("?:", test, yes, no):
            choice = f"{_term(yes, literal)} : {_term(no, literal)}"
            return f"({_condition(test, literal)} ? {choice})"
        case (str(function), *operands):
            return f"{function}({', '.join(_term(one, literal) for one in operands)})"
    raise ValueError(expression)


def _condition(condition: Any, literal: Literal) -> str:
    match condition:
        case ("and" | "or" as word, parts):
            return f"({f' {word.upper()} '.join(_condition(part, literal) for part in parts)})"
        case ("not", part):
            return f"(NOT ({_condition(part, literal)}))"
        case ("in", term, values):
            return f"({_term(term, literal)} IN ({', '.join(map(literal, values))}))"
        case ("between", term, low, high):
            return f"({_term(term, literal)} BETWEEN {literal(low)} AND {literal(high)})"
        case ("is", kind, term):
            return f"IS_{kind}({_term(term, literal)})"
        case ("LIKE", term, pattern):
            return f"({_term(term, literal)} LIKE {literal(pattern)})"
        case (str(function), term, value) if function.isupper():
            return f"{function}({_term(term, literal)}, {literal(value)})"
        case (sign, term, value):
            return f"({_term(term, literal)} {sign} {literal(value)})"
    raise ValueError(condition)
