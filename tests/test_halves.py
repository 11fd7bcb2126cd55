"""What a half of the tests says of itself when it is over."""

from pathlib import Path

from tests.halves import Times, run

REPORT = """<testsuites><testsuite>
<testcase classname="tests.kernel.test_view" name="test_good" time="0.5"/>
<testcase classname="tests.kernel.test_view" name="test_bad" time="1.5"><failure/></testcase>
</testsuite></testsuites>"""


def test_times_are_added_up_by_folder_and_failures_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(REPORT)
    times = Times()
    times.read(tmp_path / "a.xml")
    assert (times.folders["tests/kernel"].tests, times.folders["tests/kernel"].seconds) == (2, 2.0)
    assert times.failed == ["tests/kernel/test_view::test_bad"]


def test_a_report_that_was_cut_off_is_a_failure_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(REPORT[:100])
    times = Times()
    times.read(tmp_path / "a.xml")
    assert "a.xml: the run was cut off" in times.failed[0]


def test_a_phase_that_fails_is_the_last_one() -> None:
    good, bad = [[["-c", ""]]], [[["-c", "raise SystemExit(1)"]]]
    assert run([good, good]) == 2
    assert run([good, bad, good]) == 1
