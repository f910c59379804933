"""Runs at times of the test's choice: what is due, what is caught up, what is late."""

from pathlib import Path

import pytest

from assetstore.config.keys import Limits
from assetstore.config.load import Config, load
from assetstore.errors import LockedError
from assetstore.jobs import run as engine
from assetstore.jobs.limits import Bounds
from assetstore.jobs.report import RunReport
from assetstore.jobs.run import Runner, run_log
from assetstore.jobs.status import status
from assetstore.store.check.verify import verify
from assetstore.store.locks import hold
from assetstore.store.reports import VerifyReport
from assetstore.store.store import Store
from support.periodic import DAY, archived, pages

START = 20_000 * DAY
HOUR = 3600.0


class World:
    """One machine: a folder, a configuration, and a clock that is set by hand."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.docs = folder / "docs"
        self.files = pages(self.docs, 2)
        self.now = START
        self.text = "every = '1d'\nmin_age = 0\n"
        self.more = ""

    @property
    def config(self) -> Config:
        path = self.folder / "config.toml"
        path.write_text(
            f"[limits]\nkeep_free = 0\n{self.more}"
            f"[jobs.pages]\npaths = ['{self.docs}']\n{self.text}"
        )
        return load(user=path)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def run(self, *names: str, now: bool = False) -> RunReport:
        runner = Runner(
            self.config,
            state=self.folder / "state",
            store=self.store,
            clock=lambda: self.now,
        )
        return runner.run(names, now=now)

    def ran(self) -> list[str]:
        return [task.name for task in self.run().tasks]

    def late(self, *, tick: float = HOUR, since: float | None = None) -> dict[str, str]:
        found = status(
            self.config,
            run_log(self.folder / "state"),
            tick=tick,
            since=since,
            now=self.now,
        )
        return {task.name: task.late for task in found.late}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name))
    monkeypatch.setattr(engine, "stand_back", lambda limits: None)
    return World(tmp_path)


def test_each_task_has_its_own_schedule(world: World) -> None:
    assert world.ran() == ["pages", "gc", "optimize", "verify"]
    done: dict[str, list[int]] = {}
    for hour in range(1, 15 * 24 + 1):
        world.now = START + hour * HOUR
        for name in world.ran():
            done.setdefault(name, []).append(hour)
    assert done["pages"] == done["optimize"] == done["verify"]
    assert len(done["pages"]) == 16  # every day, a little early
    assert len(done["gc"]) == 2


def test_what_was_missed_is_caught_up(world: World) -> None:
    world.run()
    world.now += 40 * DAY  # the machine slept
    assert world.ran() == ["pages", "gc", "optimize", "verify"]
    world.now += HOUR
    assert world.ran() == []


@pytest.mark.parametrize("jump", [-400 * DAY, 400 * DAY])
def test_a_clock_that_jumps_stops_nothing(world: World, jump: float) -> None:
    world.run()
    world.now += jump
    assert set(world.ran()) == {"pages", "gc", "optimize", "verify"}
    world.now += HOUR
    assert world.ran() == []
    world.now -= jump  # it was a mistake
    assert set(world.ran()) == {"pages", "gc", "optimize", "verify"}
    assert archived(world.files) == 2


def test_a_job_that_failed_is_due_again(world: World) -> None:
    (world.docs / "link.html").hardlink_to(next(iter(world.files)))
    assert world.run().exit_code == 3
    world.now += HOUR
    assert world.ran() == ["pages"]
    (world.docs / "link.html").unlink()
    world.now += HOUR
    assert world.run().exit_code == 0
    world.now += HOUR
    assert world.ran() == []


def test_every_share_of_the_store_is_read_once_in_a_cycle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.more = "[verify]\ncycle = 5\n"
    asked: list[str] = []

    def spy(store: Store, *, subset: str, progress: object) -> VerifyReport:
        asked.append(subset)
        return verify(store, subset=subset)

    monkeypatch.setattr("assetstore.store.check.verify.verify", spy)
    for _ in range(10):
        world.run()
        world.now += DAY
    shares = {f"{n}/5" for n in range(1, 6)}
    assert set(asked[:5]) == set(asked[5:]) == shares
    asked.clear()
    world.now += 3 * DAY  # four shares are due now
    world.run()
    assert len(asked) == len(set(asked)) == 4


def test_damage_in_the_store_is_found_and_told(world: World) -> None:
    world.more = "[verify]\ncycle = 1\n"
    world.run()
    (pack,) = [path for path in (world.store / "packs").rglob("*") if path.is_file()]
    pack.chmod(0o600)
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    world.now += DAY
    report = world.run()
    assert report.exit_code == 4
    (verify,) = [task for task in report.tasks if task.name == "verify"]
    assert verify.result == "failed"
    assert any(str(path) in verify.troubles[0].message for path in world.files)
    assert world.late() == {}
    world.now += HOUR
    assert world.ran() == []  # once a day is enough to say so
    world.now += 4 * DAY
    assert "has not succeeded for" in world.late()["verify"]


def test_damage_is_told_until_it_is_gone(world: World) -> None:
    world.more = "[verify]\ncycle = 5\n"
    world.run()
    (pack,) = [path for path in (world.store / "packs").rglob("*") if path.is_file()]
    whole = pack.read_bytes()
    pack.chmod(0o600)
    pack.write_bytes(whole[:-10] + bytes(10))
    codes = []
    for _ in range(8):
        world.now += DAY
        codes.append(world.run().exit_code)
    assert 4 in codes
    assert set(codes[codes.index(4) :]) == {4}
    pack.write_bytes(whole)
    world.now += DAY
    assert world.run().exit_code == 0
    world.now += DAY
    assert world.run().exit_code == 0


def test_another_run_holds_the_lock(world: World) -> None:
    log = run_log(world.folder / "state")
    log.folder.mkdir(parents=True)
    with hold(log.lock_file, 1), pytest.raises(LockedError):
        world.run()
    assert log.runs() == []


def test_the_next_run_says_that_one_was_killed(world: World) -> None:
    log = run_log(world.folder / "state")
    log.append({"event": "begin", "run": "dead", "began": START})
    report = world.run()
    assert any("dead was killed" in note for note in report.notes)
    assert [run["result"] for run in log.runs()] == ["killed", "ok"]


def test_what_vanished_is_forgotten_in_time(world: World) -> None:
    world.more = "[gc]\nmissing_for = '30d'\ngrace = 0\n"
    world.text = "every = '1d'\nmin_age = 0\n"
    world.run()
    known = run_log(world.folder / "state").tasks
    assert known()["gc"].freed == 0
    gone, here = world.files
    gone.unlink()
    sizes = []
    for _ in range(50):
        world.now += DAY
        assert world.run().exit_code == 0
        with Store.open(world.store) as store:
            sizes.append(len(list(store.manifests())))
    assert (sizes[0], sizes[28], sizes[-1]) == (2, 2, 1)
    assert known()["gc"].freed > 1000
    with Store.open(world.store) as store:
        assert [m.document for m in store.manifests()] == [str(here)]


def test_nothing_is_forgotten_while_a_job_fails(world: World) -> None:
    world.more = "[gc]\nmissing_for = '30d'\ngrace = 0\n"
    world.run()
    next(iter(world.files)).unlink()
    more = pages(world.docs, 1, 50)
    (bad,) = more
    (world.folder / "another name").hardlink_to(bad)
    for _ in range(50):
        world.now += DAY
        report = world.run()
        assert report.exit_code == 3
    with Store.open(world.store) as store:
        assert len(list(store.manifests())) == 2


def test_a_moved_file_keeps_its_pictures(world: World) -> None:
    world.more = "[gc]\nmissing_for = '30d'\ngrace = 0\n"
    world.run()
    path, data = next(iter(world.files.items()))
    moved = path.with_name("moved.html")
    path.rename(moved)
    for _ in range(50):
        world.now += DAY
        world.run()
    from assetstore.restore.run import restore_paths

    with Store.open(world.store) as store:
        assert not any(m.document == str(path) for m in store.manifests())
        assert restore_paths(store, [moved]).exit_code == 0
    assert moved.read_bytes() == data


def test_jobs_with_stores_of_their_own(world: World) -> None:
    other = world.folder / "other"
    world.text += f"store = '{other}'\n"
    report = world.run()
    assert [task.name for task in report.tasks] == [
        "pages",
        "gc",
        "optimize",
        "verify",
        f"gc {other}",
        f"optimize {other}",
        f"verify {other}",
    ]
    assert (other / "config").is_file()
    assert not world.store.exists()


def test_status_is_late_only_after_a_while(world: World) -> None:
    assert world.late(since=START) == {}
    world.now += 4 * DAY
    assert set(world.late(since=START)) == {"pages", "optimize", "verify"}
    world.now += 20 * DAY
    assert "never succeeded" in world.late(since=START)["gc"]
    world.run()
    assert world.late(since=START) == {}
    world.now += 2 * DAY
    assert world.late(since=START) == {}
    world.now += 3 * HOUR
    assert set(world.late(since=START)) == {"pages", "optimize", "verify"}
    world.now -= 10 * DAY
    assert "in the future" in world.late(since=START)["pages"]


def test_a_slow_timer_is_not_late_between_its_calls(world: World) -> None:
    world.run()
    world.now += 9 * DAY
    assert set(world.late(tick=7 * DAY)) == set()
    assert set(world.late(tick=HOUR)) == {"pages", "optimize", "verify"}


def test_time_and_space(tmp_path: Path) -> None:
    now = [0.0]
    limits = Limits(run_time=60.0, keep_free=100)
    bounds = Bounds(limits, clock=lambda: now[0], free=lambda path: 150)
    assert bounds.over_time() == ""
    now[0] = 60.0
    assert "1m" in bounds.over_time()
    assert bounds.short_of_space(tmp_path / "not" / "there", 50) == ""
    assert not bounds.out_of_space
    assert "limits.keep_free" in bounds.short_of_space(tmp_path, 51)
    assert bounds.out_of_space


def test_a_task_keeps_its_sums(world: World) -> None:
    before = sum(map(len, world.files.values()))
    world.run()
    saved = before - sum(path.stat().st_size for path in world.files)
    world.now += DAY
    world.run()
    state = run_log(world.folder / "state").tasks()["pages"]
    assert (state.runs, state.saved) == (2, saved)
    assert state.last_success == world.now
