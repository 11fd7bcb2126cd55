"""From text to tree: recursive descent over the grammar of "SQL queries in Azure Cosmos DB for NoSQL"."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.query.syntax import (
    AGGREGATES,
    Array,
    Constant,
    Expression,
    Object,
    Operation,
    OrderBy,
    Parameter,
    Path,
    Query,
    aggregate_of,
    parts,
)
from emulators.cosmos.query.tokens import Token, tokens

FUNCTIONS = frozenset({"ARRAY_CONTAINS", "IS_DEFINED", "STARTSWITH"}) | AGGREGATES
COMPARISONS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
REFUSED = frozenset({"DISTINCT", "GROUP", "JOIN", "EXISTS", "LIKE", "ARRAY", "UDF"})


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """Parse a query; 400 names what is wrong or not supported."""
    parser = _Parser(text)
    query = parser.query()
    parser.expect_end()
    _check(query)
    return query


def _check(query: Query) -> None:
    """Refuse what would otherwise be computed wrongly or not at all."""
    if query.top and query.offset:
        raise CosmosError(400, "A query has TOP or OFFSET and LIMIT, not both.")
    if query.aggregate and (query.top or query.order_by or query.offset):
        raise unsupported("an aggregate with TOP, ORDER BY or OFFSET")
    for expression in _selected(query):
        for part in parts(expression):
            if isinstance(part, Path) and part.steps[0] != query.alias:
                raise CosmosError(400, f"{part.steps[0]!r} is not {query.alias!r}.")
            if _is_aggregate(part) and part is not query.aggregate:
                raise unsupported("an aggregate that is not all of SELECT VALUE")


def _selected(query: Query) -> tuple[Expression, ...]:
    return (*(field for _, field in query.fields), *((query.value,) if query.value else ()))


def _is_aggregate(expression: Expression) -> bool:
    return isinstance(expression, Operation) and expression.name in AGGREGATES


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._place = 0

    def query(self) -> Query:
        self._expect("SELECT")
        top = self._primary() if self._accept("TOP") else None
        query = replace(self._selection(), top=top)
        self._expect("FROM")
        alias = self._name()
        where = self._expression() if self._accept("WHERE") else None
        order_by = self._order_by() if self._accept("ORDER") else ()
        offset = limit = None
        if self._accept("OFFSET"):
            offset = self._primary()
            self._expect("LIMIT")
            limit = self._primary()
        return replace(
            query, alias=alias, where=where, order_by=order_by, offset=offset, limit=limit
        )

    def expect_end(self) -> None:
        if self._peek().text:
            raise unsupported(f"{self._peek().text!r} in a query")

    def _selection(self) -> Query:
        if self._accept("*"):
            return Query()
        if self._accept("VALUE"):
            value = self._expression()
            return Query(value=value, aggregate=aggregate_of(value))
        return Query(fields=tuple(self._list(self._field)))

    def _field(self) -> tuple[str, Expression]:
        expression = self._expression()
        if self._accept("AS"):
            return self._name(), expression
        if isinstance(expression, Path) and expression.steps:
            return str(expression.steps[-1]), expression
        raise unsupported("a selected expression without AS")

    def _order_by(self) -> OrderBy:
        self._expect("BY")
        return tuple(self._list(self._order))

    def _order(self) -> tuple[Path, bool]:
        path = self._primary()
        if not isinstance(path, Path):
            raise unsupported("ORDER BY of anything but a path")
        descending = self._accept("DESC")
        if not descending:
            self._accept("ASC")
        return path, descending

    def _expression(self) -> Expression:
        left = self._conjunction()
        while self._accept("OR"):
            left = Operation("OR", (left, self._conjunction()))
        return left

    def _conjunction(self) -> Expression:
        left = self._negation()
        while self._accept("AND"):
            left = Operation("AND", (left, self._negation()))
        return left

    def _negation(self) -> Expression:
        if self._accept("NOT"):
            return Operation("NOT", (self._negation(),))
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._primary()
        if self._accept("IN"):
            self._expect("(")
            operands = (left, *self._list(self._primary))
            self._expect(")")
            return Operation("IN", operands)
        if self._accept("BETWEEN"):
            low = self._primary()
            self._expect("AND")
            return Operation("BETWEEN", (left, low, self._primary()))
        operator = self._peek().text
        if operator not in COMPARISONS:
            return left
        self._next()
        return Operation("!=" if operator == "<>" else operator, (left, self._primary()))

    def _primary(self) -> Expression:
        token = self._next()
        match token.kind:
            case "parameter":
                return Parameter(token.text)
            case "constant":
                return Constant(token.value)
            case "name" if token.text.upper() in REFUSED:
                raise unsupported(f"{token.text.upper()} in a query")
            case "name" if self._accept("("):
                return self._call(token.text.upper())
            case "name":
                return Path((token.text, *self._steps()))
        return self._enclosed(token)

    def _enclosed(self, opening: Token) -> Expression:
        match opening.text:
            case "(":
                inner = self._expression()
                self._expect(")")
                return inner
            case "[":
                elements = self._until("]", self._expression)
                return Array(tuple(elements))
            case "{":
                return Object(tuple(self._until("}", self._pair)))
        raise CosmosError(400, f"The query is not understood at {opening.text!r}.")

    def _pair(self) -> tuple[str, Expression]:
        name = self._next()
        if not isinstance(name.value, str):
            raise CosmosError(400, f"{name.text!r} is no name of a property.")
        self._expect(":")
        return name.value, self._expression()

    def _until[T](self, closing: str, element: Callable[[], T]) -> list[T]:
        if self._accept(closing):
            return []
        found = self._list(element)
        self._expect(closing)
        return found

    def _call(self, name: str) -> Expression:
        if name not in FUNCTIONS:
            raise unsupported(f"the function {name}")
        operands = tuple(self._list(self._expression))
        self._expect(")")
        return Operation(name, operands)

    def _steps(self) -> tuple[str | int, ...]:
        steps: list[str | int] = []
        while True:
            if self._accept("."):
                steps.append(self._name())
            elif self._accept("["):
                step = self._next()
                if not isinstance(step.value, str | int):
                    raise CosmosError(400, f"{step.text!r} is no step of a path.")
                steps.append(step.value)
                self._expect("]")
            else:
                return tuple(steps)

    def _list[T](self, element: Callable[[], T]) -> list[T]:
        found = [element()]
        while self._accept(","):
            found.append(element())
        return found

    def _peek(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        token = self._peek()
        self._place += 1
        return token

    def _accept(self, text: str) -> bool:
        token = self._peek()
        if token.kind in {"name", "sign"} and token.text.upper() == text:
            self._place += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise CosmosError(400, f"The query wants {text} at {self._peek().text!r}.")

    def _name(self) -> str:
        token = self._next()
        if token.kind != "name":
            raise CosmosError(400, f"The query wants a name at {token.text!r}.")
        return token.text
