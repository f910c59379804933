"""In other people's text, nothing is taken for a picture that is none."""

import itertools
import sysconfig
from pathlib import Path

import pytest

from benchmarks.found import find, find_sealed, texts
from benchmarks.sealed import FORMS

# Python's own tests hold pictures that do not load.
_BROKEN = "test_email"


def test_python_s_own_sources() -> None:
    root = Path(sysconfig.get_path("stdlib"))
    own = (p for p in texts([root]) if "site-packages" not in p.parts)
    found = find(itertools.islice((p for p in own if _BROKEN not in p.parts), 4_000))
    assert found.files > 500
    assert found.size > 10_000_000
    assert found.others == []


@pytest.mark.parametrize("media", ["image", "any"])
def test_encrypted_text_keys_lock_files_and_maps(media: str) -> None:
    found = find_sealed(4_000_000, media)
    assert found.files > len(FORMS)
    assert found.kinds == {}
    assert found.others == []
