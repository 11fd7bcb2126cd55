"""The page "What differs from Azure", made of the refusals in the code and of the README's tables."""

from collections.abc import Iterator
from typing import Final

from emulators.tests.fidelity.code import refusals
from emulators.tests.fidelity.tables import EMULATORS, SERVICES, answers, rows

PAGE: Final = EMULATORS / "DIFFERENCES.md"
_HEAD: Final = """# What differs from Azure

What the emulators refuse, what they do otherwise, and what is only guessed. `WRITE_DOCS=1 pytest
emulators/tests/fidelity` makes this page of the code and of the tables in the [README](README.md#fidelity), where
the Functions host has a table of its own.
"""
_MARK: Final = "**Differs:**"


def page() -> str:
    """Write the page."""
    return "\n".join([_HEAD, *(line for service in SERVICES for line in _section(service))])


def _section(service: str) -> Iterator[str]:
    yield f"## {service}\n"
    yield "### Refused by name\n\n… stands for what was asked.\n"
    yield from (f"- {what.removesuffix('.')}" for what in refusals(service))
    yield "\n### Not played\n\nAs the tables say it; some of it is refused by the names above.\n"
    yield from _told(service, differing=False)
    yield "\n### Done otherwise, without a word\n"
    yield from _told(service, differing=True) or ["Nothing that is known."]
    yield "\n### Guessed\n\nNeither documented nor measured.\n"
    yield from _guessed(service)
    yield ""


def _told(service: str, *, differing: bool) -> list[str]:
    found = []
    for claim, _, refused, _ in rows(service):
        before, _, after = refused.partition(_MARK)
        text = (after if differing else before).strip().removesuffix(".")
        if text.strip("\N{EN DASH}"):
            found.append(f"- {claim}: {text}")
    return found


def _guessed(service: str) -> Iterator[str]:
    for claim, does, _, source in rows(service):
        if source == "guessed":
            yield f"- {claim}: {does}"
        elif "guessed" in source:
            yield f"- {claim}: {source.partition('guessed')[2].strip().removeprefix('for').strip()}"
    for one in answers():
        if one.service == service and one.source == "guessed":
            yield f"- {one.answer}{': ' if one.value else ''}{one.value}"
