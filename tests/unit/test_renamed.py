"""Options are taken by the names that they had in the last version, with a warning."""

from dataclasses import replace

import pytest

from assetstore import RescueOptions


def test_the_old_name_works_and_warns_where_it_is_used() -> None:
    with pytest.warns(DeprecationWarning, match="use keep_pictures") as warned:
        options = RescueOptions(keep_last=3)
    assert options == RescueOptions(keep_pictures=3)
    assert {warning.filename for warning in warned} == {__file__}


def test_the_new_name_does_not_warn() -> None:
    options = RescueOptions(keep_pictures=3)
    assert replace(options, dry_run=True).keep_pictures == 3
    assert replace(options, keep_pictures=0) == RescueOptions()
