"""`assetstore purge`, as a user runs it; then the disk is searched for the picture."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from assetstore.store.format.pack import pack_key
from assetstore.store.locks import hold
from assetstore.store.repair.quarantine import preserve
from assetstore.store.store import Store
from support.homes import THREAD, codex_home, rollout
from support.program import Program, Ran
from support.purged import check_gone, files, holders, media_id, spellings, stored_forms
from support.samples import b64, picture, svg, uri
from support.screens import session

SECRET, OTHER, THIRD = (picture(64, 48, seed) for seed in (1, 2, 3))


def page(program: Program, name: str, *pictures: bytes) -> tuple[Path, bytes]:
    path = program.folder / name
    data = "".join(f'<img src="{uri(each)}">\n' for each in pictures).encode()
    path.write_bytes(data)
    return path, data


def opened(program: Program) -> Store:
    return Store.open(
        program.store,
        cache_dir=program.folder / "other-cache",
        state_dir=program.folder / "other-state",
    )


def check(
    program: Program,
    raw: bytes,
    forms: Iterable[bytes] = (),
    others: Iterable[bytes] = (),
    but: Iterable[Path] = (),
) -> None:
    """Nothing of a picture is on the disk, but for files that are the user's."""
    own = set(map(str, but))
    found = [each for each in files(program.folder) if each[0] not in own]
    assert len(found) > 4
    with opened(program) as store:
        check_gone(store, raw, found, forms, others)


def valid(ran: Ran) -> Ran:
    text = resources.files("assetstore").joinpath("schema/assetstore-1.json")
    schema = jsonschema.Draft202012Validator(json.loads(text.read_bytes()))
    assert list(schema.iter_errors(ran.json)) == []
    return ran


def test_a_picture_goes_and_all_else_goes_on(program: Program) -> None:
    both, data = page(program, "both.html", SECRET, OTHER)
    only, _ = page(program, "only.html", SECRET)
    other, was = page(program, "other.html", OTHER)
    assert program("archive", both, only, other).code == 0
    small = both.read_bytes()
    digits = media_id(SECRET).hex()

    said = valid(program("purge", "-n", digits[:10], "--json"))
    assert said.code == 0
    (shown,) = said.result["pictures"]
    assert shown["documents"] == sorted(map(str, (both, only)))
    assert shown["blob"] == digits
    assert holders(files(program.store), spellings(SECRET))

    ran = valid(program("purge", digits[:10], "--yes", "--json"))
    assert ran.code == 0
    assert ran.result["pictures"] == said.result["pictures"]
    assert ran.result["freed"] == said.result["freed"]
    check(program, SECRET)

    # A restore says so, and changes nothing; or restores the rest.
    ran = valid(program("restore", both, "--json"))
    assert ran.code == 12
    (error,) = ran.json["errors"]
    assert error["type"] == "PurgedBlob"
    assert "as1:" in error["message"]
    assert both.read_bytes() == small
    ran = program("restore", both, "--allow-missing")
    assert ran.code == 0
    assert "1 placeholder stays: what they name was purged" in ran.err
    assert both.read_bytes().count(b"as1:") == 1
    assert b64(OTHER).encode() in both.read_bytes()
    assert program("restore", other).code == 0
    assert other.read_bytes() == was

    # It is known, and no alarm.
    file = program.folder / "secret.png"
    file.write_bytes(SECRET)
    repair = ["repair", "--from", str(file)]
    for words in (["verify"], ["verify", "--read-data"], repair, ["gc"]):
        assert program(*words).code == 0, words
    ran = program("verify")
    assert "2 blobs that documents need were purged" not in ran.err
    assert "1 blobs that documents need were purged" in ran.err
    listed = program("ls", "--json").result["documents"]
    assert [d["purged"] for d in listed if d["path"] == str(only)] == [1]
    assert "2 documents with pictures that were purged" in program("ls").err
    ran = program("cat", digits)
    assert ran.code == 12
    assert "was purged" in ran.err

    # What is archived again stays small; what had it, has it.
    ran = program("archive", both, only)
    assert ran.code == 0, ran.err
    assert both.read_bytes() == small
    again, data = page(program, "again.html", SECRET, THIRD)
    ran = program("archive", again)
    assert ran.code == 0
    assert "1 payloads stay in it: they were purged" in ran.err
    assert b64(SECRET).encode() in again.read_bytes()
    assert b64(THIRD).encode() not in again.read_bytes()
    check(program, SECRET, but=[again, file])
    assert program("restore", again).code == 0
    assert again.read_bytes() == data

    # Until that is taken back.
    ran = valid(program("purge", "--lift", digits[:10], "--json"))
    assert ran.result == {"lifted": [digits]}
    assert program("verify").code == 4  # now it is missed
    ran = program(*repair, "--json")
    assert [healed["blob"] for healed in ran.result["healed"]] == [digits]
    assert program("archive", again).code == 0
    assert b64(SECRET).encode() not in again.read_bytes()
    assert program("restore", only).code == 0


def test_it_is_said_each_time_and_taken_when_it_may_be(program: Program) -> None:
    path, _ = page(program, "page.html", SECRET)
    assert program("archive", path).code == 0
    digits = media_id(SECRET).hex()
    assert program("purge", digits, "-y").code == 0
    path, data = page(program, "page.html", SECRET)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    for _ in range(2):
        ran = valid(program("archive", path, "--json"))
        assert [file["purged"] for file in ran.result["files"]] == [1]
        assert "purged" in ran.json["warnings"][0]
    assert path.read_bytes() == data
    assert program("purge", "--lift", path).code == 0  # the document's name will do
    assert program("archive", path).code == 0
    assert path.read_bytes() != data


def test_run_again_it_says_that_it_was_done(program: Program) -> None:
    path, _ = page(program, "page.html", SECRET)
    assert program("archive", path).code == 0
    digits = media_id(SECRET).hex()
    for _ in range(2):
        assert program("purge", digits, "-y").code == 0
    ran = program("purge", digits, "-y")
    assert "gone before, in 1 document" in ran.out.decode()
    assert program("purge", digits[:4], "-n").code == 0


def test_everything_that_holds_it(program: Program) -> None:
    """Optimized packs, the quarantine, what killed processes left."""
    seen = [*session(8, seed=5)]
    secret, others = seen[2], [each for each in seen if each != seen[2]]
    paths = [page(program, f"{i}.html", each)[0] for i, each in enumerate(seen)]
    was = {path: path.read_bytes() for path in paths}
    assert program("archive", *paths).code == 0
    with opened(program) as store:
        forms = stored_forms(store, media_id(secret))
        (entry,) = store.copies(media_id(secret))
        preserve(store.backend, pack_key(entry.pack))
    assert program("optimize", "--max-effort", "3").code == 0
    with opened(program) as store:
        forms += stored_forms(store, media_id(secret))
        folder = program.store / "tmp" / entry.pack
        folder.mkdir(parents=True)
        (folder / "lock").touch()
        (folder / "1").write_bytes(b"ASPK" + secret)
    spools = program.folder / "spools"
    spool = spools / f"assetstore-{os.getuid()}" / entry.pack
    spool.mkdir(mode=0o700, parents=True)
    spool.parent.chmod(0o700)
    (spool / "lock").touch()
    (spool / "in").write_bytes(was[paths[2]])
    draft = program.folder / f".{paths[2].name}.assetstore-{'0' * 16}.tmp"
    draft.write_bytes(was[paths[2]])

    ran = program("purge", media_id(secret).hex(), "-y", "--json", TMPDIR=str(spools))
    assert ran.code == 0, ran.err
    assert ran.result["quarantined"] == 1
    assert ran.result["temporary"] > 0
    assert ran.result["recoded"] > 0
    assert not draft.exists()
    check(program, secret, forms, others)
    assert program("optimize", "--max-effort", "4").code == 0
    check(program, secret, forms, others)
    assert program("verify", "--read-data").code == 0
    for path in paths:
        assert program("restore", path).code == (12 if path == paths[2] else 0)
        if path != paths[2]:
            assert path.read_bytes() == was[path]


def test_a_drawing_and_the_dictionary_that_was_made_of_it(program: Program) -> None:
    drawn = [svg(seed) for seed in range(60)]
    secret = drawn[7].replace("<rect", "<text>password hunter2</text><rect", 1)
    drawn[7] = secret
    path = program.folder / "icons.html"
    data = "".join(
        f'<img src="{uri(each.encode(), "image/svg+xml")}">\n' for each in drawn
    )
    path.write_text(data)
    assert program("archive", path).code == 0
    assert program("optimize", "--max-effort", "3").code == 0
    ran = program("purge", media_id(secret.encode()).hex(), "-y", "--json")
    assert ran.code == 0
    assert ran.result["dictionaries"] == 1
    assert holders(files(program.folder), [b"hunter2"]) == []
    with opened(program) as store:
        for id, raw in decoded_media(store):
            assert b"hunter2" not in raw, id
    assert program("restore", path, "--allow-missing").code == 0
    assert path.read_text().count("as1:") == 1


def decoded_media(store: Store) -> list[tuple[str, bytes]]:
    from support.purged import decoded

    found = [(id.hex(), raw) for id, raw in decoded(store)]
    assert len(found) > 60
    return found


def test_a_document_and_what_it_shares(program: Program) -> None:
    one, _ = page(program, "one.html", SECRET, OTHER)
    two, was = page(program, "two.html", OTHER, THIRD)
    assert program("archive", one, two).code == 0
    ran = valid(program("purge", one, "-y", "--json"))
    assert ran.code == 3
    assert [p["blob"] for p in ran.result["pictures"]] == [media_id(SECRET).hex()]
    assert ran.result["shared"] == [
        {"blob": media_id(OTHER).hex(), "documents": [str(two)]}
    ]
    check(program, SECRET)
    small = two.read_bytes()
    assert program("restore", two).code == 0
    assert two.read_bytes() == was
    two.write_bytes(small)
    ran = valid(program("purge", one, "--shared", "-y", "--json"))
    assert ran.code == 0
    assert ran.result["shared"] == []
    check(program, OTHER)
    assert program("restore", two).code == 12


def test_a_document_that_is_gone_or_was_restored(program: Program) -> None:
    gone, _ = page(program, "gone.html", SECRET)
    back, data = page(program, "back.html", OTHER)
    assert program("archive", gone, back).code == 0
    gone.unlink()
    assert program("restore", back).code == 0
    ran = program("purge", gone, back, "-y", "--scan", program.folder, "--json")
    assert ran.code == 0, ran.err
    assert ran.result["embedded"] == [str(back)]
    check(program, SECRET)
    check(program, OTHER, but=[back])
    assert back.read_bytes() == data


def test_by_placeholder_and_by_its_own_file(program: Program) -> None:
    path, _ = page(program, "page.html", SECRET, OTHER)
    assert program("archive", path).code == 0
    first, second = (
        part[:31] for part in path.read_text().split('"') if part[:4] == "as1:"
    )
    assert program("purge", first, "-y").code == 0
    check(program, SECRET)
    file = program.folder / "other.png"
    file.write_bytes(OTHER)
    ran = program("purge", "other.png", "-y", "--scan", ".")
    assert ran.code == 0
    assert "still embeds it: other.png" in ran.out.decode().replace("./", "")
    check(program, OTHER, but=[file])
    assert program("purge", second, "-y").code == 0  # again


def test_what_names_nothing(program: Program) -> None:
    path, _ = page(program, "page.html", SECRET)
    assert program("archive", path).code == 0
    before = dict(files(program.store))
    (program.folder / "plain.txt").write_text("nothing")
    digits = media_id(SECRET).hex()
    (program.folder / digits[:6]).write_text("a file of that name")
    for words, code in (
        (["nowhere.html"], 2),
        (["plain.txt"], 12),
        (["abcdef0123"], 12),
        (["abc"], 2),
        (["as1:short"], 2),
        ([program.folder], 2),
        ([digits[:6]], 2),
        (["--lift", "-n", digits], 2),
        ([], 2),
    ):
        ran = valid(program("purge", *words, "-y", "--json"))
        assert ran.code == code, (words, ran)
        assert ran.json["errors"][0]["message"]
    assert dict(files(program.store)) == before


def test_nobody_to_ask_is_2_and_a_lock_is_11(program: Program) -> None:
    path, _ = page(program, "page.html", SECRET)
    assert program("archive", path).code == 0
    digits = media_id(SECRET).hex()
    ran = program("purge", digits)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert program("purge", digits, "--json").code == 2
    for name in ("gc", "optimize"):
        with hold(program.store / "locks" / f"{name}.lock", 5):
            assert program("purge", digits, "-y").code == 11
    assert program("restore", path).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_on_a_terminal_it_asks(program: Program) -> None:
    path, _ = page(program, "page.html", SECRET)
    assert program("archive", path).code == 0
    digits = media_id(SECRET).hex()
    code, said = answered(program, b"n\n", "purge", digits)
    assert code == 1
    assert "would purge" in said
    assert str(path) in said
    assert "cannot be undone" in said
    assert holders(files(program.store), spellings(SECRET))
    code, said = answered(program, b"y\n", "purge", digits)
    assert code == 0
    check(program, SECRET)


def answered(program: Program, answer: bytes, *words: str) -> tuple[int, str]:
    """Run a command on a terminal, and answer what it asks."""
    pty = importlib.import_module("pty")
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer)
        done = subprocess.run(
            program.words(*words),
            cwd=program.folder,
            env=program.environment,
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            timeout=120,
            check=False,
        )
        return done.returncode, os.read(ours, 1 << 16).decode()
    finally:
        os.close(ours)
        os.close(theirs)


def test_what_is_damaged_is_said_and_then_done(program: Program) -> None:
    path, _ = page(program, "page.html", SECRET, OTHER)
    assert program("archive", path).code == 0
    with opened(program) as store:
        (entry,) = store.copies(media_id(OTHER))
    pack = program.store / pack_key(entry.pack)
    data = bytearray(pack.read_bytes())
    data[entry.offset + 2] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(data)
    digits = media_id(SECRET).hex()
    ran = valid(program("purge", digits, "-y", "--json"))
    assert ran.code == 4
    assert "assetstore repair" in ran.json["errors"][0]["message"]
    assert program("repair").code == 4  # the other one is lost
    ran = program("purge", digits, "-y", "--json")
    assert ran.code == 0
    assert ran.result["quarantined"] == 1
    check(program, SECRET)


def test_a_thread_is_rescued_again_and_run_goes_on(agents: Program) -> None:
    path = codex_home(agents.folder, rollout(4, 2))
    before = path.read_bytes()
    assert agents("rescue", THREAD, "--now").code == 0
    blobs = agents("ls", "--blobs", "--json").result["blobs"]
    secret = blobs[0]["id"]
    assert agents("purge", secret, "-y").code == 0
    small = path.read_bytes()
    assert len(small) < len(before)
    ran = agents("rescue", THREAD, "--now")
    assert ran.code == 0, ran.err
    assert path.read_bytes() == small
    ran = agents("rescue", "--undo", THREAD)
    assert ran.code == 12
    assert "purged" in ran.err
    assert path.read_bytes() == small
    with path.open("ab") as file:
        file.write(rollout(1, 0, start=9).splitlines(keepends=True)[-1])
    for _ in range(2):
        ran = agents("run")
        assert ran.code == 0, ran.err
    assert agents("verify", "--read-data").code == 0
