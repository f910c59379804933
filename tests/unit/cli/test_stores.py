"""Whose stores are trusted, and which one knows a placeholder."""

import os
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.cli.stores import name_owner, trusted
from assetstore.errors import MissingBlob, PurgedBlob
from assetstore.opening import open_store
from assetstore.results import FileResult, Report, failed
from assetstore.store.known_stores import KnownStores
from support.periodic import pages

needs_users = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are none")


@needs_users
@pytest.mark.parametrize(
    ("euid", "caller", "users"),
    [(0, "1234", {1234}), (1000, "1234", set()), (0, "12x", set()), (0, "", set())],
)
def test_root_trusts_who_called_sudo(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    euid: int,
    caller: str,
    users: set[int],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: euid)
    monkeypatch.setenv("SUDO_UID", caller)
    assert trusted(home) == users


@needs_users
@pytest.mark.parametrize(
    ("safe", "trusts"),
    [("*", True), ("store", True), (":/other", False), ("", False), (".", False)],
)
def test_a_store_is_trusted_where_the_user_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, safe: str, trusts: bool
) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    monkeypatch.setenv("ASSETSTORE_SAFE_STORES", safe)
    (home / "store").mkdir()
    owner = (home / "store").stat().st_uid
    assert trusted(Path("store")) == ({owner} if trusts else set())
    assert trusted(Path("none")) == set()


def test_the_store_that_knows_a_placeholder_is_named(home: Path) -> None:
    known = KnownStores(home / "known")
    mine, other = home / "mine", home / "other"
    (path,) = pages(home / "docs", 1)
    with open_store(other, create=True, known=known) as store:
        archive_paths(store, [path])
    with open_store(mine, create=True, known=known):
        pass
    missing = failed(str(path), MissingBlob("it is not here", hint="Look."))
    purged = failed(str(path), PurgedBlob("it was purged"))
    partly = FileResult(path=str(path), status="restored", unknown=1)
    for file in (missing, partly):
        report = Report(files=[file, purged])
        name_owner(report, known, mine)
        (found, same) = report.files
        said = found.hint if found.error else found.warnings[0]
        assert said.endswith(f"--store {other}")
        assert same.hint in ("", said)
    report = Report(files=[missing])
    name_owner(report, known, other)  # it is the one at hand
    assert report.files == [missing]
    report = Report(files=[purged, failed("-", MissingBlob("a stream"))])
    name_owner(report, known, mine)
    assert [file.hint for file in report.files] == ["", ""]
