"""Where the reader is in the tokens of a file."""

from tests.infra.bicep.tokens import BicepError, Token, tokens


class Cursor:
    """Looks at the next token, takes it if it is what is wanted, or raises BicepError."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0

    def peek(self, ahead: int = 0) -> Token:
        return self._tokens[self._at + ahead]

    def next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def at(self, kind: str) -> bool:
        return self.peek().kind == kind

    def take(self, kind: str) -> Token | None:
        return self.next() if self.at(kind) else None

    def mark(self, text: str) -> bool:
        return self.peek().kind == "mark" and self.peek().text == text and bool(self.next())

    def need(self, what: str) -> str:
        token = self.next()
        if what not in {token.kind, token.text}:
            raise BicepError(f"line {token.line}: {token.text!r} stands where {what} should")
        return token.text

    def word(self, word: str) -> None:
        token = self.next()
        if token.text != word:
            raise BicepError(f"line {token.line}: {token.text!r} stands where {word} should")

    def newlines(self) -> None:
        while self.take("newline"):
            pass

    def separators(self) -> None:
        while self.take("newline") or self.mark(","):
            pass
