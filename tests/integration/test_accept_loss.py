"""A loss that is accepted ends the alarms, and is named until it is healed."""

import json
import shutil
from pathlib import Path

import pytest

from assetstore.store.check.verify import verify
from assetstore.store.repair.accepted import accept_loss, accepted_losses, end_losses
from support.homes import THREAD, codex_home, rollout
from support.periodic import configured, old
from support.program import Program
from support.samples import picture, uri
from support.stores import memory_store


def whole(*seeds: int) -> bytes:
    return b"".join(f"<img src={uri(picture(30, 20, s))}>\n".encode() for s in seeds)


def lose(program: Program, seed: int) -> str:
    """Spoil a picture in the store beyond repair; its id."""
    from blake3 import blake3

    data = picture(30, 20, seed)
    for path in (program.store / "packs").rglob("*/*"):
        at = path.read_bytes().find(data)
        if at >= 0:
            spoilt = bytearray(path.read_bytes())
            spoilt[at + len(data) // 2] ^= 0xFF
            path.chmod(0o600)
            path.write_bytes(spoilt)
            return blake3(data).hexdigest()
    raise AssertionError("it is in no pack")


@pytest.fixture
def page(program: Program) -> Path:
    """A document with three pictures, one of which is lost."""
    path = program.folder / "docs" / "page.html"
    path.parent.mkdir()
    path.write_bytes(whole(1, 2, 3))
    assert program("archive", path).code == 0
    return path


def names(program: Program) -> list[str]:
    (document,) = program("ls", "--json").result["documents"]
    return list(document["lost"])


def test_until_it_is_accepted_it_is_an_alarm(program: Program, page: Path) -> None:
    id = lose(program, 2)
    assert program("verify", "--read-data").code == 4
    ran = program("repair", "--json")
    assert ran.code == 4
    assert [loss["blob"] for loss in ran.result["lost"]] == [id]
    assert f"--accept-loss {id}" in ran.json["errors"][0]["hint"]
    with page.open("ab") as file:
        file.write(whole(4))
    archived = program("archive", page)
    assert archived.code == 0
    assert "this store lost the payloads" in archived.err
    assert names(program) == []
    assert program("verify", "--read-data").code == 4
    assert program("restore", page).code == 12


@pytest.mark.parametrize("named", [True, False])
def test_accepted_it_is_named_and_nothing_fails(
    program: Program, page: Path, named: bool
) -> None:
    id = lose(program, 2)
    words = ["repair", "--accept-loss", *[id[:12]] * named]
    dry = program(*words, "-n", "--json")
    assert [loss["blob"] for loss in dry.result["accepted"]] == [id]
    assert program("verify", "--read-data").code == 4  # it was a dry run
    ran = program(*words, "--json")
    assert ran.code == 0, ran.out
    assert ran.result["lost"] == []
    (loss,) = ran.result["accepted"]
    assert (loss["blob"], loss["documents"]) == (id, [str(page)])
    record = json.loads((program.store / "losses" / id).read_bytes())
    assert (record["blob"], record["kind"], record["v"]) == (id, "media", 1)
    assert record["documents"] == [str(page)]

    for _ in range(2):
        found = program("verify", "--read-data", "--json")
        assert (found.code, found.result["findings"]) == (0, [])
        assert [loss["blob"] for loss in found.result["accepted"]] == [id]
        assert f"accepted as lost: media {id}" in program("verify").out.decode()
        assert names(program) == [id]
        assert f"lost for good: {id} in {page}" in program("ls").out.decode()
        with page.open("ab") as file:
            file.write(whole(4))
        again = program("archive", page, "--json")
        assert again.code == 0, again.err
        assert b"data:image" not in page.read_bytes()
        gc = program("gc", "--grace", "0", "--json")
        assert (gc.code, gc.result["missing"]) == (0, 0)
        assert program("repair").code == 0

    assert program("restore", page).code == 12
    ran = program("restore", page, "--allow-missing")
    assert ran.code == 0
    restored = page.read_bytes()
    assert restored.startswith(whole(1))
    assert restored.endswith(whole(3, 4, 4))
    assert b"as1:" in restored


def test_it_is_healed_by_repair(program: Program, page: Path) -> None:
    id = lose(program, 2)
    assert program("repair", "--accept-loss").code == 0
    backup = program.folder / "backup.html"
    backup.write_bytes(whole(2))
    ran = program("repair", "--from", backup, "--json")
    assert ran.code == 0
    assert [healed["blob"] for healed in ran.result["healed"]] == [id]
    assert ran.result["accepted"] == []
    assert not (program.store / "losses" / id).exists()
    assert names(program) == []
    assert program("verify", "--read-data", "--json").result["accepted"] == []
    assert program("restore", page).code == 0
    assert page.read_bytes() == whole(1, 2, 3)


def test_it_is_healed_by_an_archive(program: Program, page: Path) -> None:
    id = lose(program, 2)
    assert program("repair", "--accept-loss").code == 0
    other = page.with_name("other.html")
    other.write_bytes(whole(2))
    assert program("archive", other).code == 0
    assert not (program.store / "losses" / id).exists()
    assert program("restore", page, other).code == 0
    assert page.read_bytes() == whole(1, 2, 3)


def test_lost_once_more_it_is_an_alarm_again(program: Program, page: Path) -> None:
    lose(program, 2)
    assert program("repair", "--accept-loss").code == 0
    other = page.with_name("other.html")
    other.write_bytes(whole(2))
    assert program("archive", other).code == 0
    lose(program, 2)
    assert program("verify", "--read-data").code == 4
    assert program("repair").code == 4


def test_a_pack_that_came_back_by_hand(program: Program, page: Path) -> None:
    copy = program.folder / "copy"
    shutil.copytree(program.store, copy)
    id = lose(program, 2)
    assert program("repair", "--accept-loss").code == 0
    for pack in (copy / "packs").rglob("*/*"):
        there = program.store / pack.relative_to(copy)
        there.parent.mkdir(exist_ok=True)
        shutil.copy(pack, there)
    ran = program("repair", "--json")
    assert (ran.code, ran.result["accepted"]) == (0, [])
    assert not (program.store / "losses" / id).exists()
    assert program("restore", page).code == 0
    assert page.read_bytes() == whole(1, 2, 3)


def test_one_of_two_is_accepted(program: Program, page: Path) -> None:
    one, two = lose(program, 1), lose(program, 3)
    ran = program("repair", "--accept-loss", one, "--json")
    assert ran.code == 4
    assert [loss["blob"] for loss in ran.result["accepted"]] == [one]
    assert [loss["blob"] for loss in ran.result["lost"]] == [two]
    found = program("verify", "--json")
    assert found.code == 4
    assert [f["blob"] for f in found.result["findings"]] == [two]
    assert program("repair", "--accept-loss", two, "--json").code == 0
    assert sorted(names(program)) == sorted([one, two])
    assert program("verify").code == 0


def test_what_is_not_lost_is_not_accepted(program: Program, page: Path) -> None:
    blobs = program("ls", "--blobs", "--json").result["blobs"]
    for name in (blobs[0]["id"], "ff" * 32, "xyz", ""):
        assert program("repair", "--accept-loss", name).code == 2
    assert program("repair", blobs[0]["id"]).code == 2
    assert not (program.store / "losses").exists()
    assert program("repair", "--accept-loss").code == 0  # there is nothing
    assert page.exists()


def test_what_nobody_needs_any_more_is_not_named(program: Program, page: Path) -> None:
    id = lose(program, 2)
    assert program("repair", "--accept-loss").code == 0
    assert program("forget", page, "--force").code == 0
    other = page.with_name("other.html")
    other.write_bytes(whole(7))
    assert program("archive", other).code == 0
    assert program("gc", "--grace", "0").code == 0
    assert not (program.store / "losses" / id).exists()


def test_run_is_quiet(program: Program, page: Path) -> None:
    configured(program, paths=[page.parent])
    old(page)
    assert program("run", "--now").code == 0
    lose(program, 2)
    assert program("repair").code == 4
    assert program("run", "--now").code == 4
    assert program("repair", "--accept-loss").code == 0
    with page.open("ab") as file:
        file.write(whole(4))
    old(page)
    ran = program("run", "--now", "--json")
    assert ran.code == 0, ran.out
    assert b"data:image" not in page.read_bytes()


def test_a_thread_with_a_lost_picture_is_rescued(program: Program) -> None:
    path = codex_home(program.folder)
    program.environment["CODEX_HOME"] = str(program.folder / ".codex")
    assert program("rescue", THREAD).code == 0
    blobs = program("ls", "--blobs", "--json").result["blobs"]
    for pack in (program.store / "packs").rglob("*/*"):
        data = bytearray(pack.read_bytes())
        at = data.find(b"\x89PNG")
        data[at + 60] ^= 0xFF
        pack.chmod(0o600)
        pack.write_bytes(data)
    assert program("repair", "--accept-loss").code == 0
    (document,) = [
        d for d in program("ls", "--json").result["documents"] if d["path"] == str(path)
    ]
    assert len(document["lost"]) == 1
    assert document["lost"][0] in {blob["id"] for blob in blobs}
    with path.open("ab") as file:
        file.write(rollout(2, 0, start=20))
    ran = program("rescue", THREAD, "--now", "--json")
    assert ran.code == 0, ran.out
    assert b"data:image" not in path.read_bytes()
    assert program("verify", "--read-data").code == 0


def test_notes_that_are_damaged_or_strange() -> None:
    store = memory_store()
    id = "ab" * 32
    accept_loss(store.backend, id, "media", ["/x"], 5.0)
    accept_loss(store.backend, id, "media", ["/y"], 6.0)  # the first one stays
    assert [found.hex() for found in accepted_losses(store.backend)] == [id]
    for name in ("losses/zz", f"losses/{'g' * 64}", "losses/a/b"):
        upload = store.backend.create(name)
        store.backend.publish([upload])
    found = accepted_losses(store.backend)
    assert [one.hex() for one in found] == [id]
    assert verify(store).accepted == ()  # no document needs it
    end_losses(store.backend, found)
    assert accepted_losses(store.backend) == set()
