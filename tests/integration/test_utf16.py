"""Documents in UTF-16: archived, read by their own programs, met by every command."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_one
from assetstore.documents.lookup import document_info, needed_media
from assetstore.errors import ContainerRefused
from assetstore.store.format.blob import Kind
from assetstore.store.store import Store
from support import parsed
from support.homes import codex_home
from support.media import coloured
from support.program import Program
from support.samples import b64, claude_log, html, picture, uri, wrapped

MARK = "\ufeff"
PNG, JPEG, GIF = picture(24, 18, 1), picture(24, 18, 2, "JPEG"), coloured("GIF")
URI = uri(PNG)
RECOVER = Path(__file__).parents[2] / "docs" / "recover.py"


def as_text(parser: parsed.Parser) -> parsed.Parser:
    """What a parser makes of text that its reader decodes by the byte order mark."""
    return lambda data: parser(data.decode("utf-16").encode())


def as_registry(data: bytes) -> parsed.Parsed:
    """Keys and their values; the first line is the version."""
    version, _, text = data.decode("utf-16").partition("\r\n")
    assert version == "Windows Registry Editor Version 5.00"
    return parsed.as_ini(text.encode())


def resx() -> str:
    lines = wrapped(b64(PNG), 80, "\r\n        ")
    return (
        '<?xml version="1.0" encoding="utf-16"?>\r\n<root>\r\n  <data name="é𝄞" '
        'mimetype="application/x-microsoft.net.object.bytearray.base64">\r\n    '
        f"<value>\r\n        {lines}\r\n</value>\r\n  </data>\r\n"
        f'  <data name="b"><value>{URI}</value></data>\r\n</root>\r\n'
    )


def sql() -> str:
    rows = (f"1, '{URI}', 0, 'é'", f"2, '{b64(JPEG)}', X'{GIF.hex().upper()}', '☃'")
    into = "INSERT INTO a VALUES"
    made = "".join(f"{into} ({row});\r\n" for row in rows)
    return f"CREATE TABLE a (id INTEGER, image TEXT, raw BLOB, note TEXT);\r\n{made}"


REGISTRY = (
    "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\é]\r\n"
    f'"Icon"="{URI}"\r\n"Size"=dword:00000018\r\n'
)
KINDS: dict[str, tuple[str, int, parsed.Parser]] = {
    "form.resx": (resx(), 2, parsed.as_xml),
    "export.reg": (REGISTRY, 1, as_registry),
    "script.sql": (sql(), 3, as_text(parsed.as_sql)),
    "sheet.txt": (
        f'id\timage\tnote\r\n1\t{URI}\t"a ""b"""\r\n2\t{b64(JPEG)}\té𝄞\r\n',
        2,
        as_text(parsed.as_tabs),
    ),
    "card.vcf": (
        f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:É\r\nPHOTO:{URI}\r\nNOTE:☃\r\nEND:VCARD\r\n",
        1,
        as_text(parsed.as_cards),
    ),
    "output.json": (
        json.dumps({"é": URI, "b": [b64(GIF)]}, ensure_ascii=False) + "\r\n",
        2,
        as_text(parsed.as_json),
    ),
    "page.html": (html().decode(), 8, as_text(parsed.as_html)),
}


def write(program: Program, text: str, order: str = "utf-16-le") -> Path:
    """A document in the test's folder."""
    path = program.folder / "docs" / "a.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((MARK + text).encode(order))
    return path


def archived(program: Program, text: str = f"é 𝄞 {URI} end\r\n") -> tuple[Path, bytes]:
    """An archived document, and its whole bytes."""
    path = write(program, text)
    whole = path.read_bytes()
    ran = program("archive", path)
    assert ran.code == 0, ran.err
    assert path.stat().st_size < len(whole)
    return path, whole


def collected(program: Program, *words: str | Path) -> int:
    """The blobs that live after a collection of everything that is dead."""
    ran = program("gc", "--grace", "0", "--max-unused", "0", *words, "--json")
    assert ran.code == 0, ran.err
    live: int = ran.result["live"]["blobs"]
    return live


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_its_own_programs_see_the_same(program: Program, order: str) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    wholes = {}
    for name, (text, _, _) in KINDS.items():
        wholes[name] = (MARK + text).encode(order)
        (docs / name).write_bytes(wholes[name])
    dry = program("archive", docs, "-n", "--json", "--min-size", "0").result
    ran = program("archive", docs, "--json", "--min-size", "0")
    assert ran.code == 0, ran.err
    for before, now in zip(dry["files"], ran.result["files"], strict=True):
        path = Path(now["path"])
        text, payloads, parser = KINDS[path.name]
        assert (now["status"], now["payloads"]) == ("archived", payloads), path.name
        slim = path.read_bytes()
        assert slim.decode(order).startswith(MARK)
        assert slim.decode(order).count("as1:") == payloads
        assert now["before"] == before["before"] == len(wholes[path.name])
        assert now["after"] == before["after"] == len(slim)
        found = parsed.differences(parser(wholes[path.name]), parser(slim))
        assert 0 < found <= payloads
    documents = program("ls", docs, "--json").result["documents"]
    assert {d["state"] for d in documents} == {"present"}
    assert program("archive", docs).out.startswith(b"nothing to do")
    assert program("verify", "--read-data").code == 0
    back = program("restore", docs, "--json").result
    assert [f["after"] for f in back["files"]] == [f["before"] for f in dry["files"]]
    assert {name: (docs / name).read_bytes() for name in wholes} == wholes
    documents = program("ls", docs, "--json").result["documents"]
    assert {d["state"] for d in documents} == {"restored"}


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda data: data[2:],
        lambda data: data + b"\n",
        lambda data: data + b"\0\xdc",
        lambda data: b"\xff\xfe\0\xd8" + data[2:],
        lambda data: data[:2].ljust(4, b"\0") + data[2:],
    ],
    ids=["no mark", "odd", "half a character", "another half", "UTF-32's mark"],
)
def test_what_is_not_exact_stays_and_is_told(
    program: Program, spoilt: Callable[[bytes], bytes]
) -> None:
    path = write(program, f"a {URI}\r\n")
    data = spoilt(path.read_bytes())
    path.write_bytes(data)
    ran = program("archive", path)
    assert ran.code == 15
    assert "is left as it is: text in UTF-" in ran.err
    assert path.read_bytes() == data


def test_marks_in_the_middle_and_zeros_in_a_log_come_back(program: Program) -> None:
    text = f"a {MARK}b\r\n" * 90 + f"{URI}\r\n" + "\0" * 40 + f"{MARK}\r\n" + "c\n" * 99
    path, whole = archived(program, text)
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole


def test_a_copy_keeps_what_it_needs_if_it_is_looked_at(program: Program) -> None:
    """`gc --scan` meets what stands in it, whole or torn, with its mark or without."""
    path, whole = archived(program)
    slim = path.read_bytes()
    copies = program.folder / "copies"
    copies.mkdir()
    refused = program("forget", path)
    assert refused.code == 1
    assert "still holds 1 placeholder" in refused.err
    assert program("forget", path, "--force").code == 0
    big = slim[2:].decode("utf-16-le").encode("utf-16-be")
    for copy in (slim, slim + b"\n", b"\n" + slim, slim[2:], big):
        (copies / "a.bin").write_bytes(copy)
        assert collected(program, "--scan", copies) == 2
    (copies / "a.bin").write_bytes(slim)
    assert program("restore", copies / "a.bin").code == 0
    assert (copies / "a.bin").read_bytes() == whole
    assert collected(program) == 0


def test_a_copy_that_is_archived_is_claimed(program: Program) -> None:
    path, whole = archived(program)
    copy = path.with_name("copy.txt")
    shutil.copy(path, copy)
    assert program("archive", copy).code == 0
    assert program("restore", path).code == 0
    assert collected(program) == 2
    assert program("restore", copy).code == 0
    assert copy.read_bytes() == path.read_bytes() == whole
    assert collected(program) == 0


def test_lines_go_from_one_encoding_to_another(program: Program) -> None:
    path, _ = archived(program, f"one\r\n{URI}\r\n")
    line = path.read_bytes().decode("utf-16").splitlines()[1]
    plain, big = program.folder / "plain.txt", program.folder / "big.txt"
    plain.write_text(f"é {line}\n", "utf-8")
    big.write_bytes(f"{MARK}☃ {line}\r\n".encode("utf-16-be"))
    path.write_bytes(path.read_bytes().replace(line.encode("utf-16-le"), b""))
    assert program("ls", path, "--json").result["documents"][0]["state"] == "changed"
    assert program("archive", plain, big).code == 0
    assert program("restore", path).code == 0  # there is nothing in it any more
    assert collected(program) == 2
    assert program("restore", plain, big).code == 0
    assert plain.read_text("utf-8") == f"é {URI}\n"
    assert big.read_bytes() == f"{MARK}☃ {URI}\r\n".encode("utf-16-be")


def test_one_that_was_saved_in_another_encoding_is_itself(program: Program) -> None:
    path, whole = archived(program)
    text = path.read_bytes().decode("utf-16-le")
    for encoding in ("utf-16-be", "utf-8"):
        path.write_bytes(text.encode(encoding))
        documents = program("ls", path, "--json").result["documents"]
        assert documents[0]["state"] == "present"
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole.decode("utf-16-le").encode()


def test_it_grows_and_is_archived_again(program: Program) -> None:
    path, whole = archived(program)
    more = f"more {uri(JPEG, 'image/jpeg')} 𝄞\r\n".encode("utf-16-le")
    with path.open("ab") as file:
        file.write(more)
    ran = program("archive", path, "--json")
    assert ran.result["files"][0]["payloads"] == 1
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole + more


def test_quoted_placeholders_stay(program: Program) -> None:
    path, _ = archived(program)
    name = path.read_bytes().decode("utf-16").split()[2]
    quoting = program.folder / "quoting.txt"
    text = f"{MARK}it says {name}\r\n{uri(JPEG, 'image/jpeg')}\r\n"
    quoting.write_bytes(text.encode("utf-16-be"))
    assert program("archive", quoting).code == 0
    assert program("restore", quoting, "--as-archived").code == 0
    assert quoting.read_bytes() == text.encode("utf-16-be")


def test_text_of_another_encoding_behind_it_is_told(program: Program) -> None:
    path, whole = archived(program)
    slim = path.read_bytes()
    for torn in (slim + b"an echo of a shell\n", slim[2:]):
        path.write_bytes(torn)
        ran = program("restore", path)
        assert ran.code == 1
        assert "holds placeholders in UTF-16, but is not all UTF-16" in ran.err
        for words in (["-", "-o", "-"], [path, "-o", program.folder / "out"]):
            ran = program("restore", *words, stdin=torn)
            assert (ran.code, ran.out[:2]) != (0, torn[:2])
            assert "but is not all UTF-16" in ran.err
        assert not (program.folder / "out").exists()
        shown = program.folder / "shown"
        assert program("restore", path, "--extract", shown).code == 0
        assert [file.read_bytes() for file in shown.iterdir()] == [PNG]
        shutil.rmtree(shown)
        assert path.read_bytes() == torn
        assert program("archive", path).code == 15
        assert collected(program) == 2
    path.write_bytes(slim)
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole


@pytest.mark.parametrize("first", "a\u2019\u2014\U0001f600\u0411")
def test_without_its_mark_it_is_told_whatever_it_begins_with(
    program: Program, first: str
) -> None:
    """A curly quote's low byte is a control character's."""
    path = program.folder / "notes.md"
    path.write_bytes(f"{first}\n![]({uri(picture(30, 20, 1))})\n".encode("utf-16"))
    assert program("archive", path).code == 0
    torn = path.read_bytes()[2:]
    path.write_bytes(torn)
    for words in (["-n"], []):
        ran = program("restore", *words, path)
        assert ran.code == 1
        assert "holds placeholders in UTF-16" in ran.err
    assert path.read_bytes() == torn


def test_what_is_no_text_cannot_stand_in_it(program: Program) -> None:
    """A placeholder of a document in Latin-1 is pasted."""
    latin = program.folder / "latin.xml"
    latin.write_bytes(f"<a b='\xe9'><c>{URI}</c></a>\n".encode("latin-1"))
    drawing = "".join(f"<path d='M{n} 0' class='\xe9'/>" for n in range(40))
    page = f"url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>{drawing}</svg>\")"
    latin.write_bytes(page.encode("latin-1"))
    assert program("archive", latin, "--min-size", "0").code == 0
    name = latin.read_bytes().decode("latin-1").split('"')[1]
    assert name.startswith("as1:")
    path = write(program, f"pasted {name}\r\n")
    before = path.read_bytes()
    for words in ([path], [path, "-n"], [path, "-o", program.folder / "out"]):
        ran = program("restore", *words)
        assert ran.code == 1
        assert "is in UTF-16, and what would stand in it is no text" in ran.err
    assert path.read_bytes() == before
    assert not (program.folder / "out").exists()
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.txt"]


def test_streams_and_other_places(program: Program) -> None:
    whole = f"{MARK}é {URI}\r\n".encode("utf-16-be")
    slim = program("archive", "-", stdin=whole).out
    assert slim.decode("utf-16-be").startswith(f"{MARK}é as1:")
    assert program("restore", "-", stdin=slim).out == whole
    path, out = program.folder / "a.txt", program.folder / "b.txt"
    path.write_bytes(whole)
    assert program("archive", path, "-o", out).code == 0
    assert (path.read_bytes(), out.read_bytes()) == (whole, slim)
    path.write_bytes(f"{MARK}nothing\r\n".encode("utf-16-be"))
    assert program("archive", path, "-o", out).code == 0
    assert out.read_bytes() == path.read_bytes()
    path.write_bytes(slim)
    assert program("restore", path, "-o", out).code == 0
    assert out.read_bytes() == whole


def test_pictures_of_it_are_shown_extracted_and_purged(program: Program) -> None:
    path, _ = archived(program, f"# é\r\n\r\n![a]({URI})\r\n")
    out, shown = program.folder / "out", program.folder / "shown"
    assert program("restore", path, "--extract", out).code == 0
    assert [file.read_bytes() for file in out.iterdir()] == [PNG]
    assert program("view", path, "-o", shown).code == 0
    page = (shown / "a.txt.html").read_text("utf-8")
    assert "é" in page
    assert "<img" in page
    copy = path.with_name("copy.txt")
    path.rename(copy)
    assert program("purge", copy, "--yes", "--shared").code == 0
    ran = program("restore", copy)
    assert ran.code != 0
    assert "was purged from the store" in ran.err


def test_a_page_in_it_is_viewed_as_one(program: Program) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    page, text = docs / "page.html", f"{MARK}<!doctype html><p>é<img src={URI}></p>"
    page.write_bytes(text.encode("utf-16-le"))
    words = docs / "page.md"
    words.write_bytes(f"{MARK}# é\r\n\r\n![a]({URI})\r\n".encode("utf-16-be"))
    assert program("archive", docs).code == 0
    for file in (page, words):
        shown = program.folder / file.stem / file.suffix[1:]
        shown.parent.mkdir(exist_ok=True)
        assert program("view", file, "-o", shown).code == 0
        (found,) = (p for p in shown.rglob("*.html"))
        assert "é" in found.read_text("utf-8-sig")
        assert b64(PNG) in found.read_text("utf-8-sig")


def test_lost_pictures_are_found_in_it(program: Program) -> None:
    path, whole = archived(program)
    original = program.folder / "original.txt"
    original.write_bytes(whole)
    for pack in (program.store / "packs").glob("*/*"):
        pack.unlink()
    assert program("restore", path).code == 12
    ran = program("repair", "--from", original)
    assert ran.code == 0, ran.err
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole


def test_a_damaged_manifest_is_made_anew_from_it(program: Program) -> None:
    path, whole = archived(program)
    (manifest,) = (p for p in (program.store / "manifests").glob("*/*/*"))
    data = bytearray(manifest.read_bytes())
    data[-40:-36] = bytes(4)  # in what it refers to
    manifest.chmod(0o600)
    manifest.write_bytes(data)
    assert program("verify").code != 0
    assert program("repair").code == 0
    assert program("verify").code == 0
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole


def test_another_store_that_knows_it_is_named(program: Program) -> None:
    path, _ = archived(program)
    assert program("restore", path, "--store", program.folder / "new").code != 0
    ran = program("archive", path, "--store", program.folder / "new")
    assert str(program.store) in ran.err


def test_its_pictures_are_listed_in_their_order(program: Program) -> None:
    pictures = [picture(20, 20, seed) for seed in range(6)]
    path, _ = archived(program, "\r\n".join(map(uri, pictures)))
    with Store.open(program.store) as store:
        found = needed_media(store, document_info(store, path))
        assert [store.read(Kind.MEDIA, id) for id in found] == pictures


def test_a_clients_own_files_are_left(program: Program) -> None:
    """What lies beside them counts their bytes."""
    log = codex_home(program.folder)
    log.write_bytes((MARK + log.read_text("utf-8")).encode("utf-16-le"))
    before = log.read_bytes()
    home = str(program.folder / ".codex")
    assert program("archive", log, CODEX_HOME=home).code == 15
    kept = write(program, claude_log().decode())
    spared = ArchiveOptions(spare=frozenset({1000}))
    with (
        Store.open(program.folder / "new", create=True) as store,
        pytest.raises(ContainerRefused),
    ):
        archive_one(store, kept, spared)
    assert log.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="a time of modification is kept")
def test_what_a_killed_archive_was_to_replace_is_told_from_it(program: Program) -> None:
    """The file is in an older state than the newest manifest says."""
    path, whole = archived(program)
    slim = path.read_bytes()
    more = f"more {uri(JPEG, 'image/jpeg')}\r\n".encode("utf-16-le")
    path.write_bytes(slim + more)
    assert program("archive", path).code == 0
    path.write_bytes(slim)
    os.utime(path, (1, 1))
    assert collected(program) == 4
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole


def test_it_is_read_without_assetstore(program: Program) -> None:
    path, whole = archived(program)
    out = program.folder / "out"
    done = subprocess.run(
        [sys.executable, "-I", RECOVER, program.store, out, path], check=False
    )
    assert done.returncode == 0
    assert (out / path.name).read_bytes() == whole
