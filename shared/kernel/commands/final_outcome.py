"""The final outcome of a command that left no commit: what its client is told, unless one is stored after all."""

from dataclasses import dataclass
from typing import Literal

from shared.kernel.commands.outcome import Negative, Outdated, Refused
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import OnewriteError


@dataclass(frozen=True, slots=True)
class FinalOutcome:
    """What became of a command of a stream; `code` and `detail` say why, for all but `unchanged`."""

    stream: str
    command_id: str
    kind: Literal["refused", "unchanged", "outdated", "failed"]
    version: int
    code: str = ""
    detail: str = ""


def final(request: CommandRequest, outcome: Negative) -> FinalOutcome:
    """Keep what a command came to."""
    stream, command_id, version = str(request.stream), request.command_id, outcome.version
    if isinstance(outcome, Refused):
        refusal = outcome.refusal
        return FinalOutcome(stream, command_id, "refused", version, refusal.code, refusal.sentence)
    if isinstance(outcome, Outdated):
        detail = f"The stream is at version {version}."
        return FinalOutcome(stream, command_id, "outdated", version, "precondition-failed", detail)
    return FinalOutcome(stream, command_id, "unchanged", version)


def failed(stream: str, command_id: str, error: Exception) -> FinalOutcome:
    """Keep that a command can never be handled, and why."""
    code = error.code if isinstance(error, OnewriteError) else OnewriteError.code
    detail = str(error) if isinstance(error, OnewriteError) else type(error).__name__
    return FinalOutcome(stream, command_id, "failed", 0, code, detail)
