"""`assetstore run`: what the timer calls, and `log`, which shows what it did."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assetstore.store.locks import hold
from support.held import held
from support.homes import claude_home, codex_home, rollout
from support.periodic import (
    archived,
    check_whole,
    configured,
    monitor,
    old,
    pages,
)
from support.program import Program

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder below one, with its inode and time."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        found[str(path)] = stat.st_ino, stat.st_mtime_ns
    return found


def test_agents_that_are_found_have_jobs_of_their_own(program: Program) -> None:
    home = program.folder / "home"
    home.mkdir()
    codex, claude = codex_home(home), claude_home(home)
    live = codex.with_name(codex.name.replace("22-42", "23-42").replace("01a2", "01a3"))
    live.write_bytes(rollout().replace(b"01a2056c", b"01a3056c"))
    old(claude)
    before = {path: path.read_bytes() for path in (codex, claude)}
    untouched = live.read_bytes()

    ran = program("run")
    assert (ran.code, ran.out, ran.err) == (0, b"", "")
    assert archived(before) == 2
    check_whole(program, before)
    assert live.read_bytes() == untouched  # somebody is at work in it

    log = program("log", "--json").result["runs"]
    assert [run["result"] for run in log] == ["ok"]
    tasks = {task["name"]: task for task in log[0]["tasks"]}
    assert tasks.keys() == {"codex", "claude-code", "gc", "optimize", "verify"}
    assert (tasks["codex"]["archived"], tasks["codex"]["later"]) == (1, 1)
    saved = sum(map(len, before.values())) - sum(p.stat().st_size for p in before)
    assert sum(t["before"] - t["after"] for t in tasks.values()) == saved
    assert tasks["verify"]["read"] >= 0


def test_a_run_with_nothing_to_do_writes_nothing_but_its_log(program: Program) -> None:
    docs = program.folder / "docs"
    pages(docs, 3)
    configured(program, paths=[docs])
    assert program("run").code == 0
    before = tree(docs) | tree(program.store)
    ran = program("run", "--json")
    assert ran.code == 0
    assert ran.result["not_due"] == ["gc", "optimize", "verify"]
    assert [t["untouched"] for t in ran.result["tasks"]] == [3]
    after = tree(docs) | tree(program.store)
    assert after == before


def test_a_bad_file_stops_no_other(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 3)
    bad, *good = files
    os.link(bad, program.folder / "another name")
    configured(program, paths=[docs])
    ran = program("run")
    assert ran.code == 3
    assert ran.out == b""
    assert str(bad) in ran.err
    assert "hard links" in ran.err
    assert archived({path: files[path] for path in good}) == 2
    assert bad.read_bytes() == files[bad]
    shown = program("log", "--failed").out.decode()
    assert str(bad) in shown
    assert "1 file failed" in shown


@posix
def test_a_file_in_use_waits_for_a_later_run(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 2)
    busy = next(iter(files))
    configured(program, paths=[docs])
    with held(busy):
        ran = program("run", "--json")
    assert ran.code == 0
    assert ran.result["tasks"][0]["later"] == 1
    assert busy.read_bytes() == files[busy]
    assert program("run").code == 0
    assert archived(files) == 2


def test_two_runs_at_once(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 1)
    configured(program, paths=[docs])
    runs = program.folder / "xdg" / "state" / "assetstore" / "runs"
    runs.mkdir(parents=True)
    with hold(runs / "run.lock", 1):
        ran = program("run")
        assert ran.code == 11
        assert "another run is at work" in ran.err
    assert archived(files) == 0
    assert program("run").code == 0
    assert archived(files) == 1


@posix
def test_a_run_that_is_told_to_end_says_so_in_its_log(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 150)
    configured(program, paths=[docs])
    process = program.start("run")
    log = program.folder / "xdg" / "state" / "assetstore" / "runs" / "log.jsonl"
    while not log.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    assert process.returncode == 143, said
    runs = program("log", "--json").result["runs"]
    assert [(run["result"], run["exit_code"]) for run in runs] == [("interrupted", 143)]
    check_whole(program, dict(list(files.items())[:5]))
    assert program("run").code == 0
    assert archived(files) == 150


def test_the_rest_is_left_when_the_time_is_up(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 3)
    configured(program, paths=[docs])
    path = configured(program, paths=[docs])
    text = path.read_text().replace("[limits]", '[limits]\nrun_time = "0.000001s"')
    path.write_text(text)
    ran = program("run", "--json")
    assert ran.code == 0
    assert {t["result"] for t in ran.result["tasks"]} == {"stopped"}
    assert "3 files are left" in ran.result["tasks"][0]["reason"]
    assert archived(files) == 0


def test_disk_space_is_kept_free(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 3)
    path = configured(program, paths=[docs])
    path.write_text(path.read_text().replace("keep_free = 0", 'keep_free = "9000TB"'))
    ran = program("run")
    assert ran.code == 3
    assert "limits.keep_free" in ran.err
    assert archived(files) == 0


def test_jobs_by_name_and_when_they_are_due(program: Program) -> None:
    first, second = program.folder / "first", program.folder / "second"
    ones, twos = pages(first, 1), pages(second, 1, 10)
    configured(
        program,
        f"[jobs.first]\npaths = [{json.dumps(str(first))}]\nevery = '1d'\n"
        f"[jobs.second]\npaths = [{json.dumps(str(second))}]\n",
    )
    assert program("run", "second").code == 0
    assert (archived(ones), archived(twos)) == (0, 1)
    assert program("run").code == 0
    assert archived(ones) == 1
    more = pages(first, 1, 20)
    ran = program("run", "--json")
    assert "first" in ran.result["not_due"]
    assert archived(more) == 0
    assert program("run", "first").code == 0
    assert archived(more) == 1
    missing = program("run", "third")
    assert missing.code == 2
    assert "first, second" in missing.err


def test_a_dry_run_changes_nothing(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 2)
    configured(program, paths=[docs])
    ran = program("run", "-n")
    assert ran.code == 0
    assert b"2 files" in ran.out
    assert archived(files) == 0
    assert not program.store.exists()
    assert not (program.folder / "xdg" / "state" / "assetstore" / "runs").exists()


def test_what_was_restored_by_hand_stays_until_it_changes(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 1)
    (path,) = files
    configured(program, paths=[docs])
    assert program("run").code == 0
    assert program("restore", path).code == 0
    assert program("run").code == 0
    assert path.read_bytes() == files[path]
    with path.open("ab") as file:
        file.write(b"more\n")
    later = time.time() + 5
    os.utime(path, (later, later))
    config = configured(program, paths=[docs])
    config.write_text(config.read_text() + "min_age = 0\n")
    assert program("run").code == 0
    assert archived(files) == 1


def test_the_newest_pictures_stay(program: Program) -> None:
    home = program.folder / "home"
    home.mkdir()
    path = codex_home(home, rollout(pictures=5, compactions=0))
    data = path.read_bytes()
    configured(program, "[jobs.codex]\nkeep_last = 2\n")
    assert program("run").code == 0
    text = path.read_bytes()
    shots = [line for line in text.splitlines() if b'"image_url":"data:' in line]
    assert len(shots) == 2
    assert [json.loads(s)["payload"]["content"][0]["text"] for s in shots] == [
        "look at number 3",
        "look at number 4",
    ]
    assert program("run").code == 0
    assert path.read_bytes() == text
    check_whole(program, {path: data})


def test_pictures_wait_until_they_are_old_enough(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 2)
    young, _ = files
    old(young, 1)
    path = configured(program, paths=[docs])
    path.write_text(path.read_text() + 'older_than = "2d"\n')
    assert program("run").code == 0
    assert archived(files) == 1
    assert archived({young: b""}) == 0
    old(young, 2.5)  # the same bytes, but old enough by now
    assert program("run").code == 0
    assert archived(files) == 2


def test_somebody_is_told(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 1)
    metrics = program.folder / "metrics" / "assetstore.prom"
    told = program.folder / "told"
    with monitor() as watch:
        path = configured(program, paths=[docs])
        report = (
            f"[report]\nping = '{watch.url}'\nmetrics = '{metrics}'\n"
            f"on_failure = 'cat >{told}; echo $ASSETSTORE_EXIT_CODE >>{told}'\n"
        )
        path.write_text(path.read_text() + report)
        assert program("run").code == 0
        assert [where for where, _ in watch.said] == ["/ping/id/start", "/ping/id"]
        assert not told.exists()
        os.link(next(iter(files)), program.folder / "another name")
        next(iter(files)).write_bytes(files[next(iter(files))])
        old(next(iter(files)))
        assert program("run").code == 3
        assert watch.said[-1][0] == "/ping/id/fail"
    assert "hard links" in watch.said[-1][1]
    assert "hard links" in told.read_text()
    assert told.read_text().endswith("3\n")

    lines = metrics.read_text().splitlines()
    written = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(written["assetstore_run_exit_code"]) == 3
    tasks = ("pages", "gc", "optimize", "verify")

    def of_tasks(name: str) -> dict[str, float]:
        return {t: float(written[f'{name}{{task="{t}"}}']) for t in tasks}

    failed = of_tasks("assetstore_task_failed")
    assert failed == {"pages": 1, "gc": 0, "optimize": 0, "verify": 0}
    assert of_tasks("assetstore_task_runs_total")["pages"] == 2
    assert of_tasks("assetstore_task_saved_bytes_total")["pages"] > 0
    assert set(of_tasks("assetstore_task_freed_bytes_total").values()) == {0}


def test_a_monitor_that_does_not_answer_fails_nothing(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 1)
    path = configured(program, paths=[docs])
    path.write_text(path.read_text() + '[report]\nping = "http://127.0.0.1:9/x"\n')
    ran = program("run", "--json")
    assert ran.code == 0
    assert any("could not be told" in note for note in ran.result["notes"])
    assert archived(files) == 1


def test_a_command_that_fails_is_told_itself(program: Program) -> None:
    docs = program.folder / "docs"
    (bad,) = pages(docs, 1)
    os.link(bad, program.folder / "another name")
    path = configured(program, paths=[docs])
    path.write_text(path.read_text() + '[report]\non_failure = "echo oh; exit 5"\n')
    ran = program("run")
    assert ran.code == 3
    assert "report.on_failure ended with 5: oh" in ran.err
    assert "hard links" in ran.err


@posix
def test_a_name_that_is_no_text(program: Program) -> None:
    docs = program.folder / "docs"
    (page,) = pages(docs, 1)
    bad = os.fsencode(docs) + b"/\xff\n.html"
    page.rename(os.fsdecode(bad))
    os.link(bad, program.folder / "another name")
    told = program.folder / "told"
    with monitor() as watch:
        path = configured(program, paths=[docs])
        report = f"[report]\nping = '{watch.url}'\non_failure = 'cat >{told}'\n"
        path.write_text(path.read_text() + report)
        ran = program("run", "--json")
    assert ran.code == 3
    assert r"\udcff" in ran.out.decode()
    assert r"\udcff" in told.read_text()
    assert r"\udcff" in watch.said[-1][1]
    (last,) = program("log", "--json").result["runs"]
    assert last["tasks"][0]["troubles"][0]["path"] == os.fsdecode(bad)
    assert r"\udcff\n.html" in program("log").out.decode()


def test_paths_that_are_not_there(program: Program) -> None:
    docs = program.folder / "docs"
    files = pages(docs, 1)
    gone = program.folder / "gone"
    configured(program, paths=[docs, gone])
    ran = program("run", "--json")
    assert ran.code == 0
    assert ran.result["tasks"][0]["notes"] == [f"{gone} is not there."]
    assert archived(files) == 1
    configured(program, paths=[gone])
    ran = program("run", "--json")
    assert ran.result["tasks"][0]["result"] == "skipped"


def test_globs_and_folders_behind_links(program: Program) -> None:
    first, second = program.folder / "a1" / "docs", program.folder / "a2" / "docs"
    files = pages(first, 1) | pages(second, 1, 5)
    link = program.folder / "link"
    link.symlink_to(pages(program.folder / "far", 1, 9).__iter__().__next__().parent)
    configured(program, paths=[program.folder / "a*" / "docs", link])
    assert program("run").code == 0
    assert archived(files) == 2
    assert b"data:image" not in (program.folder / "far" / "009.html").read_bytes()


def test_a_mistake_in_the_configuration_ends_it(program: Program) -> None:
    path = configured(program, "[jobs.pages]\npath = ['/x']\n")
    ran = program("run", "--json")
    assert ran.code == 14
    error = ran.json["errors"][0]
    assert error["message"].startswith(f"{path}:2: ")
    assert error["hint"] == "Did you mean jobs.pages.paths?"
    assert program("run", "--config", "none").code == 0


def test_the_configuration_gives_defaults_to_archive(program: Program) -> None:
    docs = program.folder / "docs"
    (page,) = pages(docs, 1)
    configured(program, "[archive]\nmin_size = '1GiB'\n")
    assert program("archive", page).code == 0
    assert b"data:image" in page.read_bytes()
    ran = program("archive", page, ASSETSTORE_MIN_SIZE="2GiB")
    assert b"data:image" in page.read_bytes()
    (docs / ".assetstore.toml").write_text("store = 'near'\n[archive]\nmin_size = 1\n")
    words = program.words("archive", "000.html")
    environment = dict(program.environment)
    del environment["ASSETSTORE_STORE"]
    subprocess.run(words, cwd=docs, env=environment, check=True, capture_output=True)
    assert b"data:image" not in page.read_bytes()
    assert (docs / "near" / "config").is_file()
    assert ran.code == 0
    other = program.folder / "other.toml"
    other.write_text("[archive]\nmin_size = 'big'\n")
    assert program("archive", "--config", other, page).code == 14
    assert program("archive", page, "--config", other).code == 14
    assert program("archive", page, ASSETSTORE_CONFIG=str(other)).code == 14


@posix
@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root to mount a disk"
)
def test_a_disk_that_is_really_full(program: Program) -> None:
    """The store, the documents and the log are on disks of their own, all too small."""
    docs = program.folder / "docs"
    state = program.folder / "xdg" / "state"
    configured(program, paths=[docs])
    for folder in (docs, program.store, state):
        folder.mkdir(parents=True, exist_ok=True)
    sources = pages(program.folder / "sources", 40)
    words = " ".join(map(str, program.words("run", "--json")))
    script = f"""
        set -e
        mount -t tmpfs -o size=400k docs {docs}
        mount -t tmpfs -o size=64k store {program.store}
        mount -t tmpfs -o size=64k state {state}
        {words} >{program.folder}/empty.json
        cp -p {program.folder}/sources/* {docs}
        head -c 65536 /dev/zero >{state}/ballast 2>/dev/null || true
        {words} >{program.folder}/full.json || echo $? >{program.folder}/code
        cp -rp {docs} {program.folder}/then
        rm {state}/ballast
        mount -o remount,size=64m {docs}
        mount -o remount,size=64m {program.store}
        mount -o remount,size=64m {state}
        {words} >{program.folder}/room.json
        cp -rp {docs}/. {program.folder}/after
        cp -rp {program.store} {program.folder}/kept
    """
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-c", script],
        env=program.environment,
        capture_output=True,
        check=False,
    )
    if b"unshare failed" in done.stderr or b"permission denied" in done.stderr:
        pytest.skip("no mounts are allowed here")
    assert done.returncode == 0, done.stderr
    assert (program.folder / "code").read_text() == "3\n"
    full = json.loads((program.folder / "full.json").read_bytes())
    assert "No space left" in json.dumps(full["errors"])
    assert {t["name"] for t in full["result"]["tasks"] if t["exit_code"]} >= {
        "pages",
        "log",
    }
    program.store = program.folder / "kept"
    program.environment["ASSETSTORE_STORE"] = str(program.store)
    for here in (program.folder / "then", program.folder / "after"):
        if here.name == "after":
            assert archived(dict.fromkeys(here.iterdir(), b"")) == 40
        check_whole(program, {here / p.name: data for p, data in sources.items()})
    room = json.loads((program.folder / "room.json").read_bytes())
    assert room["exit_code"] == 0
