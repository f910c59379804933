from pathlib import Path

from assetstore.agents.backup import back_up
from assetstore.agents.find import log_at


def test_a_copy_is_plain_and_nothing_of_a_killed_one_stays(tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(b'{"a":1}\n' * 9)
    log.chmod(0o640)
    folder = tmp_path / "copies" / "here"
    assert back_up(log_at(log), None) == ""
    first = Path(back_up(log_at(log), folder))
    assert first.parent == folder
    assert first.read_bytes() == log.read_bytes()
    assert first.stat().st_mode == log.stat().st_mode
    torn = folder / f".{log.name}.assetstore-{'0' * 16}.tmp"
    torn.write_bytes(b"torn")
    (folder / "other").write_bytes(b"another's")
    again = Path(back_up(log_at(log), folder))
    assert {p.name for p in folder.iterdir()} == {first.name, again.name, "other"}
