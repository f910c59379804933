from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.program import Program

_CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "default", max_examples=150, deadline=None, suppress_health_check=_CHECKS
)
settings.register_profile("long", settings.get_profile("default"), max_examples=10_000)
settings.load_profile("default")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)
