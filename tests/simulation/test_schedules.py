"""What is scheduled comes at its time, once, or is cancelled, in every world; and each planted bug is found."""

import pytest

from tests.simulation import virtual_time
from tests.simulation.planting import Bug, planted
from tests.simulation.scheduling import run

WORLDS, SEARCHED = 100, 400
SCHEDULE, KEPT = "consumers.scheduled_commands:Schedule", "shared.kernel.commands.scheduled_command"

BUGS = [
    Bug(
        "who cancels does not look whether it is handed over",
        f"{KEPT}:settled",
        'if command.state != "scheduled":',
        'if command.state not in {"scheduled", "handed-over"}:',
    ),
    Bug(
        "a row is replaced whatever it has become",
        f"{KEPT}:settled",
        "if await rows.write(changed.row, stored.tag):",
        "if await rows.write(changed.row, stored.tag) or True:",
    ),
    Bug(
        "what is cancelled is handed over all the same",
        "consumers.mailbox:Mailbox._decide",
        '"decided") == "cancelled":',
        '"decided") == "":',
    ),
    Bug(
        "a command is forgotten before it is handed over",
        f"{SCHEDULE}._hand_over",
        "    await self.mailbox.handle([command.message.encode()])\n"
        "    await self.rows.delete(command.row.at)\n",
        "    await self.rows.delete(command.row.at)\n"
        "    await self.mailbox.handle([command.message.encode()])\n",
    ),
    Bug(
        "nobody takes over what a host that died has taken",
        f"{SCHEDULE}.run",
        '(in_state("handed-over", self.page), self._hand_over),',
        "",
    ),
    Bug(
        "a command is handed over before its time",
        f"{SCHEDULE}.run",
        'in_state("scheduled", self.page, due)',
        'in_state("scheduled", self.page)',
    ),
    Bug(
        "that a command was cancelled is forgotten at once",
        f"{SCHEDULE}._forget",
        "    await cancelled(command, self.outcomes)\n",
        "",
    ),
    Bug(
        "who cancels does not ask whether it is decided",
        f"{KEPT}:cancelled",
        'if await outcomes.fate(*asked, command.digest, "cancelled") != "cancelled":',
        'if await outcomes.fate(*asked, command.digest, "cancelled") == "":',
    ),
]


@pytest.mark.parametrize("seed", range(WORLDS))
def test_what_is_scheduled_comes_at_its_time_or_is_cancelled(seed: int) -> None:
    assert virtual_time.run(run(seed)) == []


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_of_the_schedule_is_found(bug: Bug) -> None:
    with planted(bug):
        assert any(virtual_time.run(run(seed)) for seed in range(SEARCHED))
