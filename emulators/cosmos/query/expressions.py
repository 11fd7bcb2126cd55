"""From words to expressions: recursive descent by precedence, the loosest first."""

from collections.abc import Callable

from emulators.cosmos.errors import unsupported
from emulators.cosmos.query.functions import FUNCTIONS
from emulators.cosmos.query.syntax import (
    AGGREGATES,
    Array,
    Constant,
    Expression,
    Object,
    Operation,
    Parameter,
    Path,
)
from emulators.cosmos.query.tokens import Token, tokens, unexpected

COMPARISONS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
REFUSED = frozenset({"EXISTS", "ARRAY", "UDF", "SELECT"})
NEGATED = frozenset({"IN", "BETWEEN", "LIKE"})


class Expressions:
    """Reads expressions from the words of a query."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self._place = 0

    def expression(self) -> Expression:
        test = self._coalesced()
        if not self.accept("?"):
            return test
        yes = self.expression()
        self.expect(":")
        return Operation("?:", (test, yes, self.expression()))

    def primary(self) -> Expression:
        token = self.next()
        match token.kind:
            case "parameter":
                return Parameter(token.text)
            case "constant":
                return Constant(token.value)
            case "name" if token.text.upper() in REFUSED:
                raise unsupported(f"{token.text.upper()} in a query")
            case "name" if self.accept("("):
                return self._call(token.text.upper())
            case "name":
                return Path((token.text, *self.steps()))
        return self._enclosed(token)

    def steps(self) -> tuple[str | int, ...]:
        steps: list[str | int] = []
        while True:
            if self.accept("."):
                steps.append(self.name())
            elif self.accept("["):
                token = self.next()
                step = token.value
                if not isinstance(step, str | int) or isinstance(step, bool):
                    raise unexpected(token)
                steps.append(step)
                self.expect("]")
            else:
                return tuple(steps)

    def list_of[T](self, element: Callable[[], T]) -> list[T]:
        found = [element()]
        while self.accept(","):
            found.append(element())
        return found

    def peek(self) -> Token:
        return self.tokens[self._place]

    def next(self) -> Token:
        token = self.peek()
        if token.kind != "end":
            self._place += 1
        return token

    def accept(self, text: str) -> bool:
        token = self.peek()
        if token.kind in {"name", "sign"} and token.text.upper() == text:
            self._place += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise unexpected(self.peek())

    def name(self) -> str:
        token = self.next()
        if token.kind not in {"name", "constant"} or not token.text.isidentifier():
            raise unexpected(token)
        return token.text

    def _coalesced(self) -> Expression:
        return self._left(self._disjunction, "??")

    def _disjunction(self) -> Expression:
        return self._joined("OR", self._conjunction)

    def _conjunction(self) -> Expression:
        return self._joined("AND", self._negation)

    def _joined(self, word: str, element: Callable[[], Expression]) -> Expression:
        # Flat, since a query may have thousands of them.
        found = [element()]
        while self.accept(word):
            found.append(element())
        return Operation(word, tuple(found)) if len(found) > 1 else found[0]

    def _negation(self) -> Expression:
        if self.accept("NOT"):
            return Operation("NOT", (self._negation(),))
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._concatenation()
        if self.accept("NOT"):
            if self.peek().text.upper() not in NEGATED:
                raise unexpected(self.peek())
            return Operation("NOT", (self._membership(left),))
        if self.peek().kind == "name" and self.peek().text.upper() in NEGATED:
            return self._membership(left)
        operator = self.peek().text
        if operator not in COMPARISONS:
            return left
        self.next()
        return Operation("!=" if operator == "<>" else operator, (left, self._concatenation()))

    def _membership(self, left: Expression) -> Expression:
        if self.accept("IN"):
            self.expect("(")
            operands = (left, *self.list_of(self.expression))
            self.expect(")")
            return Operation("IN", operands)
        if self.accept("LIKE"):
            pattern = self._concatenation()
            if self.accept("ESCAPE"):
                raise unsupported("ESCAPE in a query")
            return Operation("LIKE", (left, pattern))
        self.expect("BETWEEN")
        low = self._concatenation()
        self.expect("AND")
        return Operation("BETWEEN", (left, low, self._concatenation()))

    def _concatenation(self) -> Expression:
        return self._left(self._sum, "||")

    def _sum(self) -> Expression:
        return self._left(self._product, "+", "-")

    def _product(self) -> Expression:
        return self._left(self._signed, "*", "/", "%")

    def _left(self, element: Callable[[], Expression], *operators: str) -> Expression:
        left = element()
        while (operator := self.peek().text) in operators and self.peek().kind == "sign":
            self.next()
            left = Operation(operator, (left, element()))
        return left

    def _signed(self) -> Expression:
        if self.accept("-"):
            inner = self._signed()
            if isinstance(inner, Constant) and isinstance(inner.value, int | float):
                return Constant(-inner.value)
            return Operation("NEGATIVE", (inner,))
        return self._signed() if self.accept("+") else self.primary()

    def _enclosed(self, opening: Token) -> Expression:
        match opening.text:
            case "(":
                inner = self.expression()
                self.expect(")")
                return inner
            case "[":
                return Array(tuple(self._until("]", self.expression)))
            case "{":
                return Object(tuple(self._until("}", self._pair)))
        raise unexpected(opening)

    def _pair(self) -> tuple[str, Expression]:
        token = self.next()
        name = token.value if isinstance(token.value, str) else token.text
        if not isinstance(token.value, str) and token.kind != "name":
            raise unexpected(token)
        self.expect(":")
        return name, self.expression()

    def _until[T](self, closing: str, element: Callable[[], T]) -> list[T]:
        if self.accept(closing):
            return []
        found = self.list_of(element)
        self.expect(closing)
        return found

    def _call(self, name: str) -> Expression:
        if name not in FUNCTIONS and name not in AGGREGATES:
            raise unsupported(f"the function {name}")
        return Operation(name, tuple(self._until(")", self.expression)))
