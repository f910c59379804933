from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from support import figures
from support.compared import table
from support.program import Program

_CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
# All but the explanation of a failure, which traces every line of every example.
_PHASES = [phase for phase in Phase if phase is not Phase.explain]
# What takes long, or fetches much; `.ci/run` runs it behind the others.
_LONG = (
    "fault/",
    "hostile/",
    "network/",
    "property/",
    "real_client/",
    "real_cron/",
    "real_systemd/",
    "integration/test_first_steps.py",
    "integration/test_forgotten.py",
    "integration/test_hostile.py",
    "integration/test_interleavings.py",
    "integration/test_interleavings_optimize.py",
    "integration/test_known_stores.py",
    "integration/test_optimize.py",
    "integration/test_optimize_killed.py",
    "integration/test_purge_beside.py",
    "integration/test_repair_beside.py",
    "integration/test_rescue_killed.py",
    "integration/test_rot.py",
    "integration/test_rot_rescue.py",
    "integration/test_run_killed.py",
    "integration/test_safety.py",
    "integration/test_soak.py",
    "integration/test_two_stores.py",
    "unit/agents/redaction/test_list.py",
    "unit/store/test_protocol.py",
)
_COMMON = settings(deadline=None, suppress_health_check=_CHECKS, phases=_PHASES)
# The same examples on every run: a merge is no place for surprises. Surprises are
# what the long profile is for.
settings.register_profile("default", _COMMON, max_examples=150, derandomize=True)
settings.register_profile("long", _COMMON, max_examples=10_000)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(_LONG):
            item.add_marker("long")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for row in figures.rows():
        terminalreporter.write_line(row)
    sent = [
        (str(value), outcome)
        for outcome in ("passed", "failed", "skipped")
        for report in terminalreporter.stats.get(outcome, ())
        for name, value in getattr(report, "user_properties", ())
        if name == "sent"
    ]
    for row in table(sorted(sent)):
        terminalreporter.write_line(row)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)
