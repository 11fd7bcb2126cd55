"""A business that asks for the time and for people: books that somebody has until some day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.commands.decider import Decider, Decision, Refusal
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.listing import Scalar
from shared.kernel.views.view import View

TERM = timedelta(days=14)
LIBRARIAN = "librarian"

type Moment = Annotated[datetime, Field(strict=False)]


class Borrow(Command):
    """Take a book home, for whoever asks."""


class GiveBack(Command):
    """Bring it back: who has it, or the librarian."""


class Renew(Command):
    """Keep it for another term, unless it is late."""


class AddNote(Command):
    """Write something down about a book."""


class Remind(Command):
    """Say that somebody has had it for too long."""


class Borrowed(Event):
    """Somebody has it."""

    by: str
    until: Moment
    loan: str


class Renewed(Event):
    """It is kept for longer."""

    until: Moment


class GivenBack(Event):
    """It is there again."""

    late: bool


class Noted(Event):
    """Something was written down."""


class Reminded(Event):
    """Who has it was told."""

    at: Moment


@dataclass(frozen=True, slots=True)
class Book:
    """Who has it, and until when."""

    by: str | None = None
    until: datetime | None = None


class Loan(Message):
    """What people see of a book."""

    status: str = "there"
    by: str = ""
    until: Annotated[datetime | None, Field(strict=False)] = None
    reminders: int = 0


def allow(actor: str | None, command: Command, book: Book) -> bool:
    """Nobody unknown borrows, and a book is given back and kept by who has it."""
    if isinstance(command, Borrow):
        return actor is not None
    return book.by is None or actor in {book.by, LIBRARIAN} or isinstance(command, AddNote)


def decide(command: Command, book: Book, context: Context) -> Decision[Event]:
    """Lend a book to whoever asks, from now on."""
    match command:
        case Borrow() if book.by is not None:
            return Refusal("lent", "Somebody has it.")
        case Borrow():
            until = context.now + TERM
            return (Borrowed(by=context.actor or "", until=until, loan=context.command_id),)
        case AddNote():
            return (Noted(),)
        case Remind():
            return (Reminded(at=context.now),) if book.by else ()
        case _ if book.until is None:
            return Refusal("not-lent", "It is there.")
        case Renew() if context.now > book.until:
            return Refusal("late", "It is too late for that.")
        case Renew():
            return (Renewed(until=context.now + TERM),)
        case _:
            return (GivenBack(late=context.now > book.until),)


def evolve(book: Book, event: Event) -> Book:
    """Remember who has it."""
    match event:
        case Borrowed(by=by, until=until):
            return Book(by, until)
        case Renewed(until=until):
            return Book(book.by, until)
        case GivenBack():
            return Book()
        case _:
            return book


def see(loan: Loan, event: Event) -> Loan:
    """Fold an event into what people see."""
    match event:
        case Borrowed(by=by, until=until):
            return Loan(status="lent", by=by, until=until)
        case Renewed(until=until):
            return loan.model_copy(update={"until": until})
        case GivenBack():
            return Loan()
        case Reminded():
            return loan.model_copy(update={"reminders": loan.reminders + 1})
        case _:
            return loan


def book_id(stream: StreamName, _event: Event) -> str:
    """Key by book."""
    return stream.id


def may_read_loans(actor: str | None) -> bool | dict[str, Scalar]:
    """Let the librarian read all of it, everybody else their own."""
    return False if actor is None else actor == LIBRARIAN or {"by": actor}


def may_read_book(actor: str | None, book: Book) -> bool:
    """Let a book be read by the librarian, and by who has it."""
    return actor in {LIBRARIAN, book.by} - {None}


book = Category(
    name="book",
    decider=Decider(initial_state=Book(), decide=decide, evolve=evolve),
    commands=(Borrow, GiveBack, Renew, AddNote),
    process_commands=(Remind,),
    events=(Borrowed, Renewed, GivenBack, Noted, Reminded),
    snapshots=Snapshots("book/1", Book),
    allow=allow,
    may_read=may_read_book,
)
loans = View("loans", book, Loan, see, book_id, sorts=("status",), may_read=may_read_loans)
lending = Domain(categories=(book,), views=(loans,))
BOOK = StreamName("book", "emma")
