"""One user on one machine has one name, whatever became of the disk."""

from pathlib import Path

import pytest

from assetstore.store import writer_id as module
from assetstore.store.writer_id import machine_key, writer_id


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the machine's id."""
    file = tmp_path / "machine-id"
    file.write_text("3d1219c7c4c5404aaa1f6d2a48adfda4\n")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(module, "_MACHINE_ID", (tmp_path / "none", file))
    return file


def test_it_is_made_once(tmp_path: Path, machine: Path) -> None:
    assert writer_id(tmp_path / "state") == writer_id(tmp_path / "state")
    (file,) = (tmp_path / "state" / "writers").iterdir()
    assert file.read_text().strip() == writer_id(tmp_path / "state")


def test_a_copied_state_is_another_writer(tmp_path: Path, machine: Path) -> None:
    """Both go on with their own, whoever comes first."""
    first = writer_id(tmp_path)
    own = machine.read_text()
    machine.write_text("f" * 32 + "\n")
    other = writer_id(tmp_path)
    assert other != first
    machine.write_text(own)
    assert writer_id(tmp_path) == first


def test_the_name_does_not_show_the_machines_id(tmp_path: Path, machine: Path) -> None:
    assert machine.read_text().strip()[:8] not in machine_key(tmp_path)


@pytest.mark.parametrize("text", ["", "uninitialized\n"])
def test_without_an_id_the_machines_name_counts(
    tmp_path: Path, machine: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    machine.write_text(text)
    monkeypatch.setattr(module, "_is_mounted", lambda state: False)
    monkeypatch.setattr("platform.node", lambda: "one")
    first = writer_id(tmp_path)
    monkeypatch.setattr("platform.node", lambda: "two")
    assert writer_id(tmp_path) != first


def test_a_volume_of_containers_stays_one_writer(
    tmp_path: Path, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.unlink()
    monkeypatch.setattr(module, "_is_mounted", lambda state: True)
    monkeypatch.setattr("platform.node", lambda: "one")
    first = writer_id(tmp_path)
    monkeypatch.setattr("platform.node", lambda: "two")
    assert writer_id(tmp_path) == first


def test_what_is_mounted(tmp_path: Path) -> None:
    assert module._is_mounted(Path("/proc/self/none/yet"))
    assert not module._is_mounted(Path("/"))


def test_an_earlier_name_goes_with_the_first_machine(
    tmp_path: Path, machine: Path
) -> None:
    (tmp_path / "client").write_text("01jc0000000000000000000000\n")
    assert writer_id(tmp_path) == "01jc0000000000000000000000"
    machine.write_text("e" * 32)
    assert writer_id(tmp_path) != "01jc0000000000000000000000"


def test_what_a_killed_process_left_goes(tmp_path: Path, machine: Path) -> None:
    folder = tmp_path / "writers"
    folder.mkdir()
    key = machine_key(tmp_path)
    (folder / f".{key}.assetstore-0123456789abcdef.tmp").write_bytes(b"")
    writer_id(tmp_path)
    assert [path.name for path in folder.iterdir()] == [key]
