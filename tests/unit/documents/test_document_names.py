"""What a store calls a document."""

import os
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.documents.document_names import known_name, named, spelled
from assetstore.rows.column import parse_column
from assetstore.store.store import Store
from support.caseless import caseless
from support.samples import picture, uri


def test_a_path_is_made_whole_and_a_pipe_is_not() -> None:
    assert named("a/../b") == os.path.abspath("b")
    assert named("stdin:0123456789abcdef") == "stdin:0123456789abcdef"
    assert named("stdin:a name") == "stdin:a name"
    assert named("stdin:a/name") == os.path.abspath("stdin:a/name")
    assert named("./stdin:name") == os.path.abspath("stdin:name")
    assert spelled("stdin:a.html") == "stdin:a.html"


def test_a_name_that_the_store_knows_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    page = folder / "Page.html"
    page.write_text(f"<img src='{uri(picture(40, 40, 1))}'>", "utf-8")
    with Store.open(tmp_path / "store", create=True) as store:
        archive_paths(store, [page])
        caseless(monkeypatch, folder)
        lower, upper = folder / "page.html", folder / "PAGE.HTML"
        assert known_name(store, lower) == str(page)
        page.rename(upper)
        assert known_name(store, lower) == str(upper)
        assert known_name(store, page) == str(page)  # known, and its name no more
        assert known_name(store, upper) == str(upper)


def test_a_column_is_one_of_the_database_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (database := tmp_path / "App.db").touch()
    caseless(monkeypatch, tmp_path)
    typed = f"{tmp_path}/app.DB#message.content"
    assert spelled(typed) == f"{database}#message.content"
    assert parse_column(typed).database == database
