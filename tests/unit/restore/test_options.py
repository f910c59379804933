"""How to restore: what goes without saying, and what does not change."""

import dataclasses

import pytest

from assetstore.restore import run
from assetstore.restore.options import RestoreOptions
from support.samples import picture, uri
from support.stores import archived, memory_store, restored


def test_what_goes_without_saying_restores_everything() -> None:
    options = RestoreOptions()
    flags = dataclasses.asdict(options)
    assert (flags.pop("jobs"), flags.pop("limit")) == (1, 0)
    assert flags.pop("include") == flags.pop("exclude") == ()
    assert set(flags.values()) == {False}
    store, page = memory_store(), f'"{uri(picture(20, 16, 1))}"'.encode()
    slim, _ = archived(store, page)
    assert restored(store, slim, options) == page


def test_options_are_made_by_name_and_do_not_change() -> None:
    with pytest.raises(TypeError):
        RestoreOptions(True)  # type: ignore[call-arg]
    options = RestoreOptions(owned=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.owned = False  # type: ignore[misc]
    assert options == dataclasses.replace(RestoreOptions(), owned=True)


def test_they_are_reached_where_a_restore_is() -> None:
    assert run.RestoreOptions is RestoreOptions
