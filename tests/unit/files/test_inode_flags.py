"""What a file system is told about a file stays so; what it forbids is not tried."""

from pathlib import Path

import pytest

from assetstore.errors import SourceRefused
from assetstore.files.inode_flags import flags_of, refuse_fixed
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from support.attributes import chattr, flagged


def test_what_is_asked_of_the_file_system_stays(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"as it was")
    chattr("+dAS", path)
    asked = flagged(path)
    with Source.open(path) as source, Draft(path) as draft:
        draft.write(b"as it is")
        draft.replace(source)
    assert path.read_bytes() == b"as it is"
    assert flagged(path) == asked
    assert {"d", "A", "S"} <= asked


def test_what_the_folder_asks_for_is_not_added(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"as it was")
    chattr("+dA", tmp_path)
    with Source.open(path) as source, Draft(path) as draft:
        draft.write(b"as it is")
        draft.replace(source)
    assert not {"d", "A"} & flagged(path)


@pytest.mark.parametrize("name", ["document", "."])
@pytest.mark.parametrize("flag", ["i", "a"])
def test_what_may_not_be_replaced_is_refused(
    tmp_path: Path, name: str, flag: str
) -> None:
    path, fixed = tmp_path / "document", tmp_path / name
    path.write_bytes(b"as it was")
    chattr(f"+{flag}", fixed)
    try:
        with Source.open(path) as source, pytest.raises(SourceRefused) as refused:
            refuse_fixed(source.fd, path)
    finally:
        chattr(f"-{flag}", fixed)
    assert f"chattr -{flag}" in refused.value.hint
    assert str(fixed) in str(refused.value)
    with Source.open(path) as source:
        refuse_fixed(source.fd, path)


def test_a_file_system_without_flags_has_none(tmp_path: Path) -> None:
    null = Path("/dev/null")
    if not null.exists():
        pytest.skip("no /dev/null")
    with null.open("rb") as file:
        assert flags_of(file.fileno()) == 0
