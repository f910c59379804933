"""What tests of the commands share: they run in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assetstore.cli import app


@dataclass(frozen=True, slots=True)
class Called:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> Any:
        """The envelope's result."""
        return json.loads(self.out)["result"]


Call = Callable[..., Called]


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in a home of its own."""

    def run(*words: str | Path) -> Called:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main(list(map(str, words)))
        assert isinstance(ended.value.code, int)
        told = capsys.readouterr()
        return Called(ended.value.code, told.out, told.err)

    return run
