"""What `make audit` prints."""

from consumers.replay.audit_note import NOT_TOLD, AuditNote, Difference, Differences
from infra.audit import told


def test_how_far_it_is_and_what_it_found_is_told() -> None:
    found = Differences()
    found.add(Difference(stream="item-A", version=one, what=NOT_TOLD) for one in range(1, 104))
    note = AuditNote(begun="", buckets=2, ended=1, events=7, messages=5, differences=found)

    assert told(note) == "1 of 2 buckets compared"
    lines = told(note.model_copy(update={"ended": 2})).splitlines()
    assert lines[:2] == [
        "7 events of the store compared with 5 of the log: 103 differences",
        f"  item-A@1: {NOT_TOLD}",
    ]
    assert lines[-1] == "  and 3 more"
    stopped = told(AuditNote(begun="", stopped="a hole"))
    assert stopped.splitlines()[1:] == ["stopped: a hole"]
