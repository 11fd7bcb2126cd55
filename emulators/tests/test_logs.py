"""What a process has printed is shown with each test that it outlives, and with no test behind its end."""

from pathlib import Path

from emulators.tests import logs


def test_a_process_that_lives_on_is_shown_with_later_tests_too(tmp_path: Path) -> None:
    alive = True
    shared = logs.keep("shared", tmp_path / "shared.log", ended=lambda: not alive)
    own = logs.keep("own", tmp_path / "own.log")
    for log in (shared, own):
        log.write_text("said\n", encoding="utf-8")

    logs.forget()
    assert [said for name, said in logs.last_lines() if str(tmp_path) in name] == ["said"]

    alive = False
    logs.forget()
    assert [name for name, _ in logs.last_lines() if str(tmp_path) in name] == []
