"""Who else calls ``assetstore run``."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.schedule.base import MADE_BY, NOT_FOUND, Completed, Host
from assetstore.schedule.crontab import lines_of, take_apart
from assetstore.schedule.others import called_by, rhythm
from assetstore.schedule.plan import SchedulePlan, timing


def host(home: Path, crontab: bytes | None = None, platform: str = "linux") -> Host:
    def run(words: Sequence[str], stdin: bytes) -> Completed:
        assert words == ["crontab", "-l"]
        return Completed(code=NOT_FOUND if crontab is None else 0, out=crontab or b"")

    return Host(platform=platform, home=home, environment={}, uid=1, run=run)


def test_crontabs_and_units_are_found(tmp_path: Path) -> None:
    etc, units = tmp_path / "etc", tmp_path / ".config" / "systemd" / "user"
    for folder in (etc / "cron.d", units, etc / "systemd" / "system"):
        folder.mkdir(parents=True)
    (etc / "crontab").write_text("# assetstore run\n5 * * * * root /bin/true\n")
    (etc / "cron.d" / "mine").write_text("@daily me docker exec x assetstore run -q\n")
    (etc / "systemd" / "system" / "a.service").write_text(
        "[Service]\nExecStart=/opt/bin/python -m assetstore --quiet run\n"
    )
    (units / "assetstore.service").write_text(
        f"# {MADE_BY}\nExecStart=python -m assetstore run\n"
    )
    (units / "b.service").write_text("ExecStart=/usr/bin/assetstore verify\n")
    found = called_by(host(tmp_path, b"0 3 * * * assetstore run\n"), etc)
    assert found == [
        "the user's crontab",
        str(etc / "cron.d" / "mine"),
        str(etc / "systemd" / "system" / "a.service"),
    ]
    assert called_by(host(tmp_path, platform="win32"), etc) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="users are POSIX'")
def test_a_unit_of_the_machine_counts_for_whom_it_runs_as(tmp_path: Path) -> None:
    import pwd

    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    name = pwd.getpwuid(os.getuid()).pw_name
    unit = units / "assetstore.service"
    unit.write_text(f"# {MADE_BY}\nExecStart=-m assetstore run\nUser={name}\n")
    mine = replace(host(tmp_path), uid=os.getuid())
    assert called_by(mine, tmp_path / "etc") == [str(unit)]
    assert called_by(replace(mine, uid=54321), tmp_path / "etc") == []


def test_our_own_block_is_none_of_others(tmp_path: Path) -> None:
    plan = SchedulePlan(
        timing=timing(3600, None, 17),
        command=("/bin/python", "-m", "assetstore", "run"),
        environment={},
    )
    ours = take_apart(b"1 1 * * * true\n").with_block(lines_of(plan, ()))
    assert called_by(host(tmp_path, ours), tmp_path) == []
    assert called_by(host(tmp_path), tmp_path) == []


@pytest.mark.parametrize(
    ("began", "often"),
    [
        ([], None),
        ([0, 3600, 7200], None),  # too few
        ([0, 60, 120, 180], None),  # somebody tries it
        ([0, 3600, 7200, 10_800], 3600),
        ([0, 86_400, 172_800, 172_900, 259_200], 86_350),
    ],
)
def test_how_often_runs_come(began: list[float], often: float | None) -> None:
    assert rhythm([{"began": each} for each in began]) == often
