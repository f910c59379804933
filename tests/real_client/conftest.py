"""The real clients, and what they talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.codex import NEWEST, OLDER, Codex, install
from support.mock_api import MockApi


@pytest.fixture(scope="session", params=[NEWEST, OLDER])
def installed(request: pytest.FixtureRequest) -> Path:
    found = install(request.param)
    if found is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    return found


@pytest.fixture
def api() -> Iterator[MockApi]:
    with MockApi() as api:
        yield api


@pytest.fixture
def codex(installed: Path, api: MockApi, tmp_path: Path) -> Codex:
    return Codex(installed, tmp_path / "codex", api.url)
