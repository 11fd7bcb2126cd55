"""The archive in a folder."""

from pathlib import Path

from tests.contracts.archives import InFolder, listed, numbered


async def test_what_is_no_file_of_capture_is_not_listed(tmp_path: Path) -> None:
    kept = InFolder(tmp_path)
    name = await kept.keep(0, 0, numbered(0, 5))
    (tmp_path / name).with_suffix(".avro.part").write_bytes(b"half")

    assert [file.name for file in await listed(kept.port, 0)] == [name]


async def test_many_files_are_listed_some_at_a_time_and_in_order(tmp_path: Path) -> None:
    kept = InFolder(tmp_path)
    first = tmp_path / await kept.keep(0, 0, [])
    for number in range(2_500):
        (first.parent / f"{number:04}.avro").write_bytes(b"")
    first.unlink()

    names = [Path(file.name).stem for file in await listed(kept.port, 0)]

    assert names == [f"{number:04}" for number in range(2_500)]
