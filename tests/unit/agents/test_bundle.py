"""A thread in one file, and what is refused of such files."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.bundle import export, import_bundle
from assetstore.agents.find import log_at
from assetstore.errors import IntegrityError, SourceRefused, UsageError
from support.homes import ROLLOUT, THREAD, claude_home, codex_home, rollout
from support.stores import memory_store


@pytest.fixture
def log(alone: Path) -> Path:
    return codex_home(alone, rollout(2, 0))


@pytest.fixture
def bundle(log: Path, alone: Path) -> Path:
    export(None, log_at(log), alone / "b")
    return alone / "b"


def bring(bundle: Path, home: Path | None, **more: Any) -> Path:
    with memory_store() as store:
        return Path(import_bundle(store, bundle, home, **more).path)


def changed(
    bundle: Path,
    about: Callable[[dict[str, Any]], None] = lambda about: None,
    files: Callable[[dict[str, bytes]], None] = lambda files: None,
) -> Path:
    """The bundle with other things in it."""
    with zipfile.ZipFile(bundle) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    (name,) = (n for n in found if n.endswith(".json"))
    said = json.loads(found[name])
    about(said)
    files(found)
    found[name] = json.dumps(said).encode()
    with zipfile.ZipFile(bundle, "w") as archive:
        for entry, data in found.items():
            archive.writestr(entry, data)
    return bundle


def test_what_is_exported_comes_in_its_place(
    log: Path, bundle: Path, alone: Path
) -> None:
    with zipfile.ZipFile(bundle) as archive:
        assert any(name.startswith("store/packs/") for name in archive.namelist())
    home = alone / "else"
    with memory_store() as store:
        report = import_bundle(store, bundle, home)
    new = Path(report.path)
    assert new == home / "sessions" / "2026" / "11" / "22" / ROLLOUT
    assert (report.thread, report.size) == (THREAD, log.stat().st_size)
    assert b"data:image" not in new.read_bytes()
    assert new.stat().st_mtime_ns == log.stat().st_mtime_ns
    assert bring(bundle, None, homes={"codex": alone / "mine"}).is_relative_to(
        alone / "mine"
    )


def test_a_session_of_claude_code_has_its_place_too(alone: Path) -> None:
    session = claude_home(alone)
    export(None, log_at(session), alone / "c")
    new = bring(alone / "c", alone / "else")
    assert new.parts[-3:] == session.parts[-3:]


def test_a_log_without_a_place_needs_a_folder(alone: Path) -> None:
    log = alone / "mine.jsonl"
    log.write_bytes(rollout(1, 0))
    export(None, log_at(log), alone / "b")
    with pytest.raises(SourceRefused, match="does not say where"):
        bring(alone / "b", None)
    assert bring(alone / "b", alone / "to") == alone / "to" / "mine.jsonl"


def test_the_log_itself_is_no_place_for_a_bundle(log: Path) -> None:
    before = log.read_bytes()
    with pytest.raises(UsageError):
        export(None, log_at(log), log)
    assert log.read_bytes() == before


@pytest.mark.parametrize(
    "place",
    [
        "../../.ssh/authorized_keys",
        "/etc/cron.d/x",
        f"sessions/../../{ROLLOUT}",
        f"sessions/2026/11/22/../../../../{ROLLOUT}",
    ],
)
def test_a_place_does_not_lead_out_of_the_home(
    bundle: Path, alone: Path, place: str
) -> None:
    changed(bundle, lambda about: about.update(place=place))
    with pytest.raises(IntegrityError, match="its thread's place is"):
        bring(bundle, alone / "deep" / "else")
    assert not (alone / "deep").exists()


def test_a_link_does_not_lead_out_of_the_home(bundle: Path, alone: Path) -> None:
    (alone / "else").mkdir()
    (alone / "outside").mkdir()
    (alone / "else" / "sessions").symlink_to(alone / "outside")
    with pytest.raises(SourceRefused, match="a link leads from"):
        bring(bundle, alone / "else")
    assert list((alone / "outside").iterdir()) == []


def add(name: str, data: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: data})


def flip(files: dict[str, bytes]) -> None:
    name = next(n for n in files if n.startswith("store/packs/"))
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    files[name] = bytes(data)


def name_more(about: dict[str, Any]) -> None:
    about["files"]["../evil"] = "00"


@pytest.mark.parametrize(
    ("about", "files", "said"),
    [
        (lambda about: about.update(version=99), None, "another version"),
        (lambda about: about.update(size="large"), None, "its size is none"),
        (lambda about: about.update(size=1 << 60), None, "it would become"),
        (lambda about: about.update(blake3="00"), None, "not what was exported"),
        (lambda about: about.pop("thread"), None, "cannot be read"),
        (None, add("more"), "does not hold what it says"),
        (name_more, add("../evil"), "it holds '../evil'"),
        (None, flip, "are wrong"),
    ],
)
def test_one_that_is_not_what_it_says_is_refused(
    bundle: Path, alone: Path, about: Any, files: Any, said: str
) -> None:
    nothing: Callable[[Any], None] = lambda value: None  # noqa: E731 two of one kind
    changed(bundle, about or nothing, files or nothing)
    with pytest.raises(IntegrityError, match=said):
        bring(bundle, alone / "else")
    assert not (alone / "else").exists()
    assert not (alone / "evil").exists()


def test_a_log_that_is_there_stays(log: Path, bundle: Path, alone: Path) -> None:
    first = bring(bundle, alone / "else")
    first.write_bytes(log.read_bytes())
    assert bring(bundle, alone / "else") == first
    assert first.read_bytes() == log.read_bytes()
    first.write_bytes(b"mine\n")
    with pytest.raises(SourceRefused, match="exists already"):
        bring(bundle, alone / "else")
    assert first.read_bytes() == b"mine\n"
    other = first.with_name(ROLLOUT.replace("T22", "T23"))
    first.rename(other)
    with pytest.raises(SourceRefused, match="is here already"):
        bring(bundle, alone / "else")
