"""What a message says otherwise than the store is named; what older code left out is not."""

from dataclasses import replace

from shared.kernel.messages.differing import differing
from shared.kernel.messages.envelope import last_envelope
from tests.kernel.worlds import commit

STORED = last_envelope(commit(1))
ASKED = last_envelope(replace(commit(1), metadata=replace(commit(1).metadata, actor="ann")))


def test_the_same_differs_in_nothing() -> None:
    assert differing(STORED, STORED) == []


def test_what_differs_is_named() -> None:
    assert differing(STORED, ASKED) == ["actor"]
    assert differing(ASKED.model_copy(update={"actor": None, "id": "x"}), ASKED) == ["id", "actor"]


def test_what_older_code_has_left_out_or_written_in_its_own_form_is_no_difference() -> None:
    older = {"actor": None, "digest": None, "dataschema": STORED.dataschema.rpartition(":")[2]}

    assert differing(ASKED.model_copy(update=older), ASKED) == []
    assert differing(ASKED.model_copy(update={**older, "time": ""}), ASKED) == ["time"]
