"""The real clients, and what they talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import claude as claude_code
from support.claude import Claude
from support.codex import Codex, install, wanted
from support.mock_api import MockApi
from support.mock_messages import MockMessages
from support.versions import CLAUDE_CODE


@pytest.fixture(scope="session", params=wanted())
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


@pytest.fixture(scope="session", params=CLAUDE_CODE.chosen)
def installed_claude(request: pytest.FixtureRequest) -> Path:
    found = claude_code.install(request.param)
    if found is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    return found


@pytest.fixture
def messages() -> Iterator[MockMessages]:
    with MockMessages() as api:
        yield api
    assert not api.unknown


@pytest.fixture
def claude(installed_claude: Path, messages: MockMessages, tmp_path: Path) -> Claude:
    return Claude(installed_claude, tmp_path / "claude", messages.url)
