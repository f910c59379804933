"""Documents whose placeholders are of two stores, or of one that is not there."""

import json
import re
from pathlib import Path

import pytest

from support.program import Program, Ran
from support.samples import picture, uri

PLACEHOLDER = re.compile(rb"as1:[\w-]{27}")


def shot(number: int) -> bytes:
    return f'<img src="{uri(picture(40, 40, number))}">\n'.encode()


def turn(number: int) -> bytes:
    """A line of Codex's log with a picture that is sent."""
    return (
        b'{"timestamp":"t","type":"response_item","payload":{"type":"message",'
        b'"role":"user","content":[{"type":"input_image","image_url":"%b"}]}}\n'
        % uri(picture(40, 40, number)).encode()
    )


def plain(number: int) -> bytes:
    """A line with a picture that is not sent: a placeholder alone stands for it."""
    begin = b'{"timestamp":"t","type":"event_msg","payload":{"shot":"'
    return begin + uri(picture(40, 40, number)).encode() + b'"}}\n'


def quotation(path: Path, key: bytes = b"read") -> bytes:
    """A line of Codex's log that quotes all placeholders of a file."""
    found = b" ".join(PLACEHOLDER.findall(path.read_bytes()))
    assert found
    begin = b'{"timestamp":"t","type":"event_msg","payload":{"'
    return begin + key + b'":"' + found + b'"}}\n'


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


@pytest.fixture
def a(program: Program) -> Path:
    return program.folder / "a"


@pytest.fixture
def b(program: Program) -> Path:
    return program.folder / "b"


@pytest.fixture
def page(program: Program) -> Path:
    path = program.folder / "docs" / "page.html"
    path.parent.mkdir()
    path.write_bytes(shot(1))
    return path


@pytest.fixture
def log(program: Program) -> Path:
    path = program.folder / "docs" / "log.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(turn(1))
    return path


def done(ran: Ran) -> Ran:
    assert ran.code == 0, ran.err
    return ran


def archive(program: Program, store: Path, path: Path) -> Ran:
    if not store.exists():  # a new one is not made where another knows the document
        done(program("init", store))
    return done(program("archive", "--store", store, "--min-size", "0", path))


def collect(program: Program, *stores: Path) -> None:
    for store in stores:
        done(program("gc", "--store", store, "--grace", "0"))


def state(program: Program, store: Path) -> list[str]:
    found = done(program("ls", "--json", "--store", store)).result["documents"]
    return [document["state"] for document in found]


def both(program: Program, a: Path, b: Path, path: Path) -> bytes:
    """Archive to one, add a picture, archive to the other; what there was."""
    archive(program, a, path)
    append(path, turn(2) if path.suffix == ".jsonl" else shot(2))
    archive(program, b, path)
    make = turn if path.suffix == ".jsonl" else shot
    return make(1) + make(2)


@pytest.mark.parametrize("name", ["page", "log"])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_either_order_of_restores(
    program: Program,
    a: Path,
    b: Path,
    request: pytest.FixtureRequest,
    name: str,
    order: str,
) -> None:
    path: Path = request.getfixturevalue(name)
    was = both(program, a, b, path)
    collect(program, a, b)
    stores = {"a": a, "b": b}
    first = done(program("restore", "--json", "--store", stores[order[0]], path))
    (file,) = first.result["files"]
    assert (file["status"], file["payloads"], file["unknown"]) == ("restored", 1, 1)
    assert any("--store" in text for text in file["warnings"])
    assert path.read_bytes() != was
    collect(program, a, b)
    done(program("restore", "--store", stores[order[1]], path))
    assert path.read_bytes() == was
    assert state(program, a) == state(program, b) == ["restored"]
    collect(program, a, b)
    assert not list((a / "packs").glob("*/*"))
    assert not list((b / "packs").glob("*/*"))


@pytest.mark.parametrize("name", ["page", "log"])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_one_restore_from_both(
    program: Program,
    a: Path,
    b: Path,
    request: pytest.FixtureRequest,
    name: str,
    order: str,
) -> None:
    path: Path = request.getfixturevalue(name)
    was = both(program, a, b, path)
    slim = path.read_bytes()
    stores = [a, b] if order == "ab" else [b, a]
    named = [word for store in stores for word in ("--store", store)]
    done(program("restore", *named, "--dry-run", path))
    assert path.read_bytes() == slim
    assert done(program("restore", *named, "-", stdin=slim)).out == was
    done(program("restore", *named, path, "-o", "whole"))
    assert (program.folder / "whole").read_bytes() == was
    done(program("restore", *named, path))
    assert path.read_bytes() == was
    assert state(program, a) == state(program, b) == ["restored"]


def test_a_store_that_has_nothing_to_do_with_it_says_nothing(
    program: Program, a: Path, b: Path, log: Path
) -> None:
    archive(program, a, log)
    append(log, quote := quotation(log))
    other = program.folder / "other.html"
    other.write_bytes(shot(9))
    archive(program, b, other)
    done(program("restore", "--store", b, "--store", a, log))
    assert log.read_bytes() == turn(1) + quote
    assert state(program, a) == ["restored"]
    found = done(program("ls", "--json", "--store", b)).result["documents"]
    assert [document["path"] for document in found] == [str(other)]


def test_stores_of_the_configuration(
    program: Program, a: Path, b: Path, page: Path
) -> None:
    was = both(program, a, b, page)
    config = program.folder / "config.toml"
    gone = program.folder / "gone"
    named = json.dumps([str(a), str(gone)])
    config.write_text(f"store = {json.dumps(str(b))}\nstores = {named}\n")
    ran = done(
        program("restore", page, ASSETSTORE_CONFIG=str(config), ASSETSTORE_STORE="")
    )
    assert page.read_bytes() == was
    assert str(gone) in ran.err


def test_only_restore_and_cat_take_several(
    program: Program, a: Path, b: Path, page: Path
) -> None:
    was = both(program, a, b, page)
    assert program("archive", "--store", a, "--store", b, page).code == 2
    assert program("ls", "--store", a, "--store", b).code == 2
    names = PLACEHOLDER.findall(page.read_bytes())
    found = [
        done(program("cat", "--store", a, "--store", b, name.decode())).out
        for name in names
    ]
    assert found == [picture(40, 40, 1), picture(40, 40, 2)]
    done(program("restore", page, "--extract", "out", "--store", a, "--store", b))
    assert len(list((program.folder / "out").iterdir())) == 2
    done(program("restore", "--store", a, "--store", a, page))  # the same one, twice
    done(program("restore", "--store", b, page))
    assert page.read_bytes() == was


def test_a_store_that_knows_nothing_of_a_file(
    program: Program, a: Path, b: Path, page: Path
) -> None:
    archive(program, a, page)
    slim = page.read_bytes()
    (program.folder / "other.html").write_bytes(shot(9))
    archive(program, b, program.folder / "other.html")
    for words in ([page], [page, "-o", "out"], ["-"]):
        ran = program("restore", "--store", b, *words, stdin=slim)
        assert ran.code == 12
        assert "--store" in ran.err
    assert page.read_bytes() == slim
    assert not (program.folder / "out").exists()
    archive(program, b, page)
    assert page.read_bytes() == slim
    assert program("restore", "--store", b, page).code == 12
    done(program("restore", "--store", a, page))
    assert page.read_bytes() == shot(1)


def test_archived_to_another_store_while_the_first_is_missing(
    program: Program, a: Path, b: Path, log: Path
) -> None:
    archive(program, a, log)
    quote = quotation(log)
    append(log, turn(2) + quote)
    a.rename(program.folder / "away")
    archive(program, b, log)
    more = quotation(log)
    append(log, more)
    (program.folder / "away").rename(a)
    collect(program, a, b)
    was = turn(1) + turn(2) + quote + more
    done(program("restore", "--store", b, log))
    collect(program, a, b)
    done(program("restore", "--store", a, log))
    assert log.read_bytes() == was
    done(program("restore", "--store", a, "--store", b, log))
    assert log.read_bytes() == was


def test_what_a_log_quotes_in_the_place_of_a_picture(
    program: Program, a: Path, b: Path, log: Path
) -> None:
    """Nothing around it tells it from a placeholder that an archive put there."""
    log.write_bytes(was := plain(3))
    archive(program, a, log)
    again = quotation(log, b"shot")
    append(log, again + turn(2) + was)
    archive(program, b, log)
    append(log, again)
    whole = was + again + turn(2) + was + again
    done(program("restore", "--store", a, log))
    done(program("restore", "--store", b, log))
    assert log.read_bytes() == whole


def test_the_same_picture_in_both(
    program: Program, a: Path, b: Path, page: Path
) -> None:
    archive(program, a, page)
    append(page, shot(1))
    archive(program, b, page)
    archive(program, a, page)
    done(program("restore", "--store", b, page))
    done(program("restore", "--store", a, page))
    assert page.read_bytes() == shot(1) * 2


def test_a_picture_that_one_store_lost_and_another_has(
    program: Program, a: Path, b: Path, page: Path
) -> None:
    was = page.read_bytes()
    archive(program, a, page)
    other = program.folder / "other.html"
    other.write_bytes(was)
    archive(program, b, other)
    for pack in (a / "packs").glob("*/*"):
        pack.unlink()
    slim = page.read_bytes()
    assert program("restore", "--store", a, page).code == 12
    assert page.read_bytes() == slim
    done(program("restore", "--store", a, "--store", b, page))
    assert page.read_bytes() == was


def test_own_placeholders_that_the_store_lost(program: Program, page: Path) -> None:
    append(page, shot(2))
    was = page.read_bytes()
    done(program("archive", "--min-size", "0", page))
    slim = page.read_bytes()
    away = program.folder / "away"
    away.mkdir()
    for pack in (program.store / "packs").glob("*/*"):
        pack.rename(away / pack.name)
    for index in (program.store / "index").iterdir():
        index.rename(away / f"{index.name}.index")
    other = program.folder / "other.html"
    other.write_bytes(shot(2))
    done(program("archive", "--min-size", "0", other))
    ran = program("restore", page)
    assert ran.code == 12
    assert page.read_bytes() == slim
    done(program("restore", "--allow-missing", page))
    assert page.read_bytes().count(b"data:") == 1
    assert state(program, program.store)[1] == "present"
    for name in away.iterdir():
        if name.suffix == ".index":
            name.rename(program.store / "index" / name.stem)
        else:
            folder = program.store / "packs" / name.name[-2:]
            folder.mkdir(exist_ok=True)
            name.rename(folder / name.name)
    collect(program, program.store)
    done(program("restore", page))
    assert page.read_bytes() == was


@pytest.mark.parametrize("size", [23, 24, 25, 26, 27, 28])
def test_text_that_the_next_placeholder_could_complete(
    program: Program, page: Path, size: int
) -> None:
    """It stays, and so does the payload where the two would make another name."""
    was = b"<p>as1:" + b"A" * size + shot(1)[10:] + b"as1:" + b"A" * size + shot(2)
    page.write_bytes(was)
    done(program("archive", "--min-size", "0", page))
    slim = page.read_bytes()
    assert slim.startswith(b"<p>as1:" + b"A" * size)
    done(program("archive", "--min-size", "0", page))
    assert page.read_bytes() == slim
    done(program("restore", page))
    assert page.read_bytes() == was


def test_a_filter(program: Program, a: Path, b: Path, log: Path) -> None:
    archive(program, a, log)
    append(log, quotation(log))
    slim = log.read_bytes()
    for store in (a, b):
        ran = program("archive", "--store", store, "--min-size", "0", "-", stdin=slim)
        assert done(ran).out == slim
    text = b"see as1:" + b"A" * 27 + b" for more\n"
    out = done(program("archive", "--store", b, "-", stdin=text)).out
    assert out == text
    assert done(program("restore", "--store", b, "-", stdin=out)).out == text


@pytest.mark.parametrize("words", [["jq"], ["loads"]])
def test_a_log_that_was_formatted_anew(
    program: Program, log: Path, words: list[str]
) -> None:
    append(log, turn(2))
    done(program("archive", "--min-size", "0", log))
    append(log, quotation(log))
    records = [json.loads(line) for line in log.read_bytes().splitlines()]
    indent = 2 if words == ["jq"] else None
    log.write_text("".join(json.dumps(r, indent=indent) + "\n" for r in records))
    collect(program, program.store)
    done(program("restore", log))
    text = log.read_text()
    found = [record for record in _records(text) if "content" in record["payload"]]
    images = [record["payload"]["content"][0]["image_url"] for record in found]
    assert images == [uri(picture(40, 40, number)) for number in (1, 2)]
    assert len(PLACEHOLDER.findall(text.encode())) == 2  # the quotation's


def _records(text: str) -> list[dict[str, dict[str, list[dict[str, str]]]]]:
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(text.rstrip()):
        record, at = decoder.raw_decode(text, at)
        found.append(record)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def test_a_line_that_was_cut_and_pasted(program: Program, page: Path) -> None:
    append(page, shot(2))
    other = page.with_name("other.html")
    other.write_bytes(shot(3))
    done(program("archive", "--min-size", "0", page.parent))
    first, second = page.read_bytes().splitlines(keepends=True)
    page.write_bytes(first)
    append(other, second)
    done(program("restore", page))
    collect(program, program.store)
    assert page.read_bytes() == shot(1)
    done(program("archive", "--min-size", "0", other))
    collect(program, program.store)
    done(program("restore", other))
    assert other.read_bytes() == shot(3) + shot(2)


def test_a_new_note_with_a_pasted_placeholder(program: Program, page: Path) -> None:
    done(program("archive", "--min-size", "0", page))
    note = page.with_name("note.html")
    was = b"as in " + page.read_bytes() + shot(2)
    note.write_bytes(was)
    ran = done(program("archive", "--json", "--min-size", "0", note))
    assert ran.result["files"][0]["quoted"] == 1
    done(program("restore", page))
    collect(program, program.store)
    done(program("restore", "--as-archived", note))
    assert note.read_bytes() == was
    collect(program, program.store)
    done(program("restore", note))
    assert note.read_bytes() == b"as in " + shot(1) + shot(2)
    collect(program, program.store)
    assert not list((program.store / "packs").glob("*/*"))


def test_a_copy_with_a_title_on_top(program: Program, page: Path) -> None:
    done(program("archive", "--min-size", "0", page))
    copy = page.with_name("copy.html")
    copy.write_bytes(b"<h1>A copy</h1>\n" + page.read_bytes())
    done(program("archive", "--min-size", "0", copy))
    done(program("restore", page))
    collect(program, program.store)
    done(program("restore", copy))
    assert copy.read_bytes() == b"<h1>A copy</h1>\n" + shot(1)


def test_a_quotation_is_put_back_on_request(program: Program, log: Path) -> None:
    log.write_bytes(whole := plain(3))
    done(program("archive", "--min-size", "0", log))
    append(log, quote := quotation(log, b"shot"))
    was = whole + quote
    ran = done(program("restore", log))
    assert log.read_bytes() == was
    assert "--quoted" in ran.err
    collect(program, program.store)
    done(program("restore", log))
    assert log.read_bytes() == was
    done(program("restore", "--quoted", log))
    assert log.read_bytes() == whole + whole
    collect(program, program.store)
    assert not list((program.store / "packs").glob("*/*"))


@pytest.mark.parametrize(
    "steps", ["A:a R:a A:b + A:b R:a R:b", "A:a R:a A:b + A:a R:b R:a R:b"]
)
def test_restored_from_the_store_of_an_older_form_first(
    program: Program, a: Path, b: Path, log: Path, steps: str
) -> None:
    """What stands behind that form is the newer store's own, and no quotation."""
    want = log.read_bytes()
    stores = {"a": a, "b": b}
    for number, step in enumerate(steps.split(), 5):
        kind, _, name = step.partition(":")
        if kind == "+":
            append(log, turn(number) + plain(number))
            want += turn(number) + plain(number)
        elif kind == "A":
            archive(program, stores[name], log)
        else:
            program("restore", "--store", stores[name], log)
    assert log.read_bytes() == want
