"""`assetstore run` killed at random moments: nothing is lost, and status is right.

``ASSETSTORE_TEST_KILLS=200`` makes it as many as docs/periodic.md speaks of.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.fakes import only_cron
from support.figures import count
from support.periodic import archived, check_whole, configured, pages
from support.program import Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

KILLS = int(os.environ.get("ASSETSTORE_TEST_KILLS", "8"))


@pytest.mark.timeout(60 + 10 * KILLS)
def test_killed_at_any_moment(program: Program) -> None:
    docs = program.folder / "docs"
    table = only_cron(program.folder / "bin")
    path = f"{table.parent}{os.pathsep}{os.environ['PATH']}"
    program.environment["PATH"] = path
    assert program("schedule", "install").code == 0
    configured(program, "[gc]\nevery = '1s'\ngrace = 0\n", paths=[docs])
    moments = random.Random(1)
    files: dict[Path, bytes] = {}
    known = ""
    killed = 0
    for number in range(KILLS):
        files |= pages(docs, 20, first=number * 20)
        process = subprocess.Popen(
            program.words("run"),
            env=program.environment,
            cwd=program.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        time.sleep(moments.uniform(0.1, 0.9))
        process.kill()
        _, said = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), said
        newest, older = list(files.items())[-40:], list(files.items())[:-40]
        some = moments.sample(older, min(60, len(older)))
        check_whole(program, dict([*newest, *some]))
        status = program("schedule", "status", "--json").result
        assert status["running"] is False
        last = status["last_run"] or {"run": ""}
        if last["run"] != known:
            done = process.returncode == 0 or last["exit_code"] is not None
            assert last["result"] == ("ok" if done else "killed")
            killed += last["result"] == "killed"
            known = last["run"]
    assert killed, "no run was killed at work"
    count("runs killed at work", killed)

    ran = program("run", "--json", "-v")
    assert ran.code == 0, ran.err
    final = program("schedule", "status", "--json")
    assert final.code == 0
    assert final.result["last_run"]["result"] == "ok"
    assert all(task["last_success"] for task in final.result["tasks"])
    assert archived(files) == len(files)
    assert program("verify", "--read-data").code == 0
    check_whole(program, files)
    assert not list(docs.rglob(".*.assetstore-*"))
