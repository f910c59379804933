"""The real clients, and what they talk to."""

from collections.abc import Callable, Iterator
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


@pytest.fixture(autouse=True)
def row(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Note what a test of what is sent is about, for the table."""
    spec = getattr(request.node, "callspec", None)
    if spec is None or "_sent" not in request.module.__name__:
        return
    known = dict(spec.params)
    for fixture, client in (
        ("installed_claude", "Claude Code"),
        ("installed", "Codex"),
    ):
        version = known.pop(fixture, None)
        if version is not None:
            scenario = " ".join(getattr(v, "__name__", str(v)) for v in known.values())
            name = scenario or request.node.originalname.removeprefix("test_")
            record_property("sent", f"{client} {version}|{name.replace('_', ' ')}")
