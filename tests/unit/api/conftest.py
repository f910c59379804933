"""A store beside the two documents of `here`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import assetstore


@pytest.fixture
def store(here: Path) -> Iterator[assetstore.Store]:
    with assetstore.Store.open("pictures", create=True) as store:
        yield store
