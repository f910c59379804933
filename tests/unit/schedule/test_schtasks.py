"""The task of Windows: its XML against Microsoft's schema, schtasks by a stand-in."""

import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import ScheduleError
from assetstore.schedule.base import Completed, Host
from assetstore.schedule.plan import DAY, POSSIBLE, SchedulePlan, timing
from assetstore.schedule.schtasks import NAMESPACE, Schtasks, _split

SCHEMA = Path(__file__).parents[2] / "support" / "task.xsd"
PLAN = SchedulePlan(
    timing=timing(None, None, 17),
    command=("C:\\Program Files\\py\\python.exe", "-m", "assetstore", 'a <&> "b" %c'),
)


class Tasks:
    """The tasks, by name, as Windows would give them back."""

    def __init__(self) -> None:
        self.tasks: dict[str, bytes] = {}
        self.refuses = False

    def __call__(self, words: Sequence[str], stdin: bytes) -> Completed:
        assert words[0] == "schtasks"
        match list(words[1:]):
            case ["/?"]:
                return Completed(code=0)
            case ["/Query", "/TN", name, "/XML"]:
                if name not in self.tasks:
                    return Completed(code=1, err=b"ERROR: cannot find the file")
                return Completed(code=0, out=self.tasks[name])
            case ["/Create", "/TN", name, "/XML", path, "/F"]:
                if self.refuses:
                    return Completed(code=1, err=b"ERROR: Access is denied.\r\n")
                text = Path(path).read_bytes().decode("utf-16")
                # Windows adds what it fills in, and ends lines its own way.
                text = text.replace(
                    "<Settings>", "<Settings><RunOnlyIfIdle>false</RunOnlyIfIdle>"
                ).replace("\n", "\r\n")
                self.tasks[name] = text.encode("utf-16")
                return Completed(code=0)
            case ["/Delete", "/TN", name, "/F"]:
                if self.refuses:
                    return Completed(code=1, err=b"ERROR: Access is denied.\r\n")
                del self.tasks[name]
                return Completed(code=0)
        raise AssertionError(words)


@pytest.fixture
def tasks() -> Tasks:
    return Tasks()


@pytest.fixture
def schtasks(tasks: Tasks, tmp_path: Path) -> Schtasks:
    return Schtasks(
        Host(platform="win32", home=tmp_path, environment={}, uid=0, run=tasks)
    )


@pytest.mark.parametrize("every", POSSIBLE)
def test_the_xml_is_what_microsofts_schema_allows(
    schtasks: Schtasks, every: int
) -> None:
    at = "23:59" if every >= DAY else None
    plan = SchedulePlan(timing=timing(every, at, 59), command=PLAN.command)
    (text,) = schtasks.files(plan).values()
    xmlschema.XMLSchema(SCHEMA).validate(text.partition("\n")[2])


def test_a_mistake_in_the_xml_is_found(schtasks: Schtasks) -> None:
    (text,) = schtasks.files(PLAN).values()
    schema = xmlschema.XMLSchema(SCHEMA)
    for right, wrong in (
        ("<Priority>8</Priority>", "<Priority>11</Priority>"),
        ("PT1H", "1h"),
        ("IgnoreNew", "Ignore"),
        ("<DaysInterval>1</DaysInterval>", ""),
    ):
        assert not schema.is_valid(text.replace(right, wrong, 1).partition("\n")[2])


def test_settings_let_it_run_unnoticed(schtasks: Schtasks) -> None:
    (text,) = schtasks.files(PLAN).values()
    task = ET.fromstring(text.partition("\n")[2])
    settings = task.find(f"{{{NAMESPACE}}}Settings")
    assert settings is not None
    values = {e.tag.partition("}")[2]: e.text for e in settings}
    assert values["StartWhenAvailable"] == "true"
    assert values["MultipleInstancesPolicy"] == "IgnoreNew"
    assert values["DisallowStartIfOnBatteries"] == "false"
    assert int(values["Priority"] or 0) >= 7


def test_install_twice_and_remove(schtasks: Schtasks, tasks: Tasks) -> None:
    assert schtasks.available() == ""
    assert schtasks.installed() is None
    assert schtasks.install(PLAN, dry_run=True)
    assert not tasks.tasks
    assert schtasks.install(PLAN)
    assert not schtasks.install(PLAN)
    there = schtasks.installed()
    assert there is not None
    assert there.command == PLAN.command
    assert there.timing == PLAN.timing
    assert there.schedule == "2025-01-06T00:17:00 PT1H"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert schtasks.next_run(now) == PLAN.timing.next_run(now)
    # Some versions print in the console's encoding.
    tasks.tasks["assetstore"] = tasks.tasks["assetstore"].decode("utf-16").encode()
    assert not schtasks.install(PLAN)
    assert schtasks.install(
        SchedulePlan(timing=timing(60, None, 0), command=PLAN.command)
    )
    assert schtasks.remove(dry_run=True)
    assert schtasks.remove()
    assert not tasks.tasks
    assert not schtasks.remove()
    assert schtasks.next_run(now) is None


@pytest.mark.parametrize(
    "text", ["no XML", f'<Task xmlns="{NAMESPACE}"></Task>', "<Task"]
)
def test_a_task_of_somebody_else_is_left_alone(
    schtasks: Schtasks, tasks: Tasks, text: str
) -> None:
    tasks.tasks["assetstore"] = text.encode()
    with pytest.raises(ScheduleError, match="not made by assetstore"):
        schtasks.install(PLAN)
    assert schtasks.installed() is None
    assert not schtasks.remove()
    assert tasks.tasks == {"assetstore": text.encode()}


def test_refusals_are_told(schtasks: Schtasks, tasks: Tasks) -> None:
    tasks.refuses = True
    with pytest.raises(ScheduleError, match="/Create failed: ERROR: Access is denied"):
        schtasks.install(PLAN)
    tasks.refuses = False
    schtasks.install(PLAN)
    tasks.refuses = True
    with pytest.raises(ScheduleError, match="/Delete failed: ERROR: Access is denied"):
        schtasks.remove()
    with pytest.raises(ScheduleError, match="cannot hold"):
        schtasks.files(SchedulePlan(timing=PLAN.timing, command=("x", "\x00")))


def test_the_interpreter_without_a_console_is_taken(
    schtasks: Schtasks, tmp_path: Path
) -> None:
    interpreter = tmp_path / "python.exe"
    plan = SchedulePlan(timing=PLAN.timing, command=(str(interpreter), "-V"))
    (text,) = schtasks.files(plan).values()
    assert f"<Command>{interpreter}</Command>" in text
    (tmp_path / "pythonw.exe").touch()
    (text,) = schtasks.files(plan).values()
    assert f"<Command>{tmp_path / 'pythonw.exe'}</Command>" in text


@given(st.lists(st.text(st.sampled_from('ab \\"\t%'), max_size=8), max_size=4))
def test_arguments_are_read_as_they_were_written(words: list[str]) -> None:
    assert _split(subprocess.list2cmdline(words)) == words
