"""`assetstore verify`: damage is found, and named with its documents."""

from pathlib import Path

from support.pages import page
from support.program import Program


def damage_pack(program: Program) -> Path:
    (pack,) = (p for p in (program.store / "packs").rglob("*") if p.is_file())
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.chmod(0o600)
    pack.write_bytes(data)
    return pack


def test_verify_finds_damage_and_names_the_document(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    small = path.read_bytes()
    damage_pack(program)
    assert program("verify").code == 0  # structure only
    found = program("verify", "--read-data", "--json")
    assert found.code == 4
    assert [f["kind"] for f in found.result["findings"]] == ["blob-damaged"]
    assert found.result["findings"][0]["documents"] == [str(path)]
    ran = program("restore", path)
    assert ran.code == 12
    assert path.read_bytes() == small
    copy = program.folder / "backup.html"
    copy.write_bytes(data)
    assert program("archive", copy).code == 0
    healed = program("restore", path)
    assert healed.code == 0, healed.err
    assert path.read_bytes() == data


def test_a_lost_index_is_rebuilt(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    for index in (program.store / "index").iterdir():
        index.unlink()
    assert program("verify").code == 4
    rebuilt = program("verify", "--rebuild-index", "--read-data")
    assert rebuilt.code == 0, rebuilt.err
    assert program("restore", path).code == 0
    assert path.read_bytes() == data
