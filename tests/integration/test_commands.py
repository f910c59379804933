"""Each command as a user runs it, and each exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from assetstore.cli import COMMANDS
from support.program import Program, Ran
from support.samples import codex_log, every_sample, html, picture, uri


def schema() -> jsonschema.Draft202012Validator:
    text = resources.files("assetstore").joinpath("schema/assetstore-1.json")
    return jsonschema.Draft202012Validator(json.loads(text.read_bytes()))


def page(
    program: Program, name: str = "page.html", seed: int = 1
) -> tuple[Path, bytes]:
    data = f'<img src="{uri(picture(64, 64, seed))}">\n'.encode()
    path = program.folder / name
    path.write_bytes(data)
    return path, data


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.is_symlink()
    }


def test_every_sample_leaves_small_and_comes_back(program: Program) -> None:
    docs = program.folder / "docs"
    docs.mkdir()
    for name, data in every_sample().items():
        (docs / name).write_bytes(data)
    before = files_of(docs)

    archived = program("archive", docs)
    assert archived.code == 0, archived.err
    small = files_of(docs)
    assert all(len(small[name]) < len(data) for name, data in before.items())
    assert sum(map(len, small.values())) < sum(map(len, before.values())) / 20
    assert program("verify", "--read-data").code == 0

    restored = program("restore", docs)
    assert restored.code == 0, restored.err
    assert files_of(docs) == before


@pytest.mark.parametrize("name", ["rollout.jsonl", "session.jsonl"])
def test_session_lines_still_parse(program: Program, name: str) -> None:
    data = every_sample()[name]
    path = program.folder / name
    path.write_bytes(data)
    assert program("archive", path).code == 0
    old, new = data.split(b"\n"), path.read_bytes().split(b"\n")
    assert len(old) == len(new)
    assert b"data:image" not in path.read_bytes()
    for before, after in zip(old, new, strict=True):
        try:
            parsed = json.loads(before)
        except ValueError:
            assert after == before
        else:
            assert json.loads(after).keys() == parsed.keys()


def test_a_second_run_finds_nothing_to_do(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    small, times = path.read_bytes(), path.stat().st_mtime_ns
    again = program("archive", path, "--json")
    assert again.code == 0
    assert again.result["totals"]["unchanged"] == 1
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (small, times)


def test_dry_run_changes_nothing(program: Program) -> None:
    path, data = page(program)
    ran = program("archive", "-n", path, "--json")
    assert ran.code == 0
    assert ran.result["dry_run"] is True
    assert ran.result["totals"]["archived"] == 1
    assert path.read_bytes() == data
    assert not program.store.exists()


def test_streams(program: Program) -> None:
    data = html()
    small = program("archive", "-", stdin=data)
    assert small.code == 0, small.err
    assert len(small.out) < len(data) / 5
    back = program("restore", "-", stdin=small.out)
    assert back.code == 0, back.err
    assert back.out == data


def test_output_leaves_the_source(program: Program) -> None:
    path, data = page(program)
    target = program.folder / "small.html"
    assert program("archive", path, "-o", target).code == 0
    assert path.read_bytes() == data
    assert len(target.read_bytes()) < 100
    back = program.folder / "back.html"
    assert program("restore", target, "-o", back).code == 0
    assert back.read_bytes() == data


def test_cat_writes_the_picture(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    blobs = program("ls", "--blobs", "--json").result["blobs"]
    assert [b["type"] for b in blobs] == ["image/png"]
    assert program("cat", blobs[0]["id"]).out == picture(64, 64, 1)
    assert program("cat", blobs[0]["id"][:8]).out == picture(64, 64, 1)


def test_ls_names_states(program: Program) -> None:
    for seed, name in enumerate(["present", "changed", "missing", "restored"]):
        page(program, f"{name}.html", seed)
    assert program("archive", program.folder, "--exclude", "xdg").code == 0
    with (program.folder / "changed.html").open("a") as file:
        file.write("more")
    (program.folder / "missing.html").unlink()
    assert program("restore", program.folder / "restored.html").code == 0
    documents = program("ls", "--json").result["documents"]
    assert {Path(d["path"]).stem: d["state"] for d in documents} == {
        "present": "present",
        "changed": "changed",
        "missing": "missing",
        "restored": "restored",
    }
    assert len(program("ls", "--state", "missing", "--json").result["documents"]) == 1


def test_gc_after_forget_frees_the_bytes_and_nothing_else(program: Program) -> None:
    keep, kept = page(program, "keep.html", 1)
    drop, dropped = page(program, "drop.html", 2)
    assert program("archive", keep, drop).code == 0
    full = program("stats", "--json").result["pack_bytes"]

    assert program("gc", "--grace", "0", "--json").result["freed"] == 0
    assert program("forget", drop).code == 1  # it still holds a placeholder
    drop_small = drop.read_bytes()
    assert program("forget", drop, "--force").code == 0
    would = program("gc", "-n", "--grace", "0", "--json").result
    assert program("stats", "--json").result["pack_bytes"] == full
    assert would["rewritten"]["blobs"] == 2
    assert program("gc", "--json").result["freed"] == 0  # within the grace period
    done = program("gc", "--grace", "0", "--json").result
    picture_size = len(picture(64, 64, 2))
    assert done["freed"] >= picture_size
    left = program("stats", "--json").result["pack_bytes"]
    assert full - left >= picture_size

    assert program("verify", "--read-data").code == 0
    assert program("restore", keep).code == 0
    assert keep.read_bytes() == kept
    lost = program("restore", drop)
    assert lost.code == 12
    assert drop.read_bytes() == drop_small
    drop.write_bytes(dropped)  # archiving the original again heals
    assert program("archive", drop).code == 0
    assert program("restore", drop).code == 0
    assert drop.read_bytes() == dropped


def test_gc_scan_keeps_what_is_found(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    copy = program.folder / "elsewhere.html"
    copy.write_bytes(path.read_bytes())
    assert program("forget", path, "--force").code == 0
    gone = program("gc", "--grace", "0", "--scan", copy, "--json")
    assert gone.code == 0, gone.err
    assert gone.result["freed"] == 0
    assert gone.result["scanned"] == 1
    assert program("restore", copy).code == 0
    assert copy.read_bytes() == data


def test_gc_refuses_an_unreachable_scan_root(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    assert program("forget", path, "--force").code == 0
    before = files_of(program.store / "packs")
    ran = program("gc", "--grace", "0", "--scan", program.folder / "nowhere")
    assert ran.code == 12
    assert files_of(program.store / "packs") == before


def test_gc_refuses_an_unreadable_manifest(program: Program) -> None:
    path, _ = page(program)
    other, _ = page(program, "other.html", 2)
    assert program("archive", path, other).code == 0
    assert program("forget", path, "--force").code == 0
    manifest = max((program.store / "manifests").rglob("*"), key=lambda p: p.is_file())
    manifest.chmod(0o600)
    manifest.write_bytes(b"\0" * 50)
    packs = files_of(program.store / "packs")
    assert program("gc", "--grace", "0").code == 12
    assert files_of(program.store / "packs") == packs


def damage_pack(program: Program) -> Path:
    (pack,) = (p for p in (program.store / "packs").rglob("*") if p.is_file())
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.chmod(0o600)
    pack.write_bytes(data)
    return pack


def test_verify_finds_damage_and_names_the_document(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    small = path.read_bytes()
    damage_pack(program)
    assert program("verify").code == 0  # structure only
    found = program("verify", "--read-data", "--json")
    assert found.code == 4
    assert [f["kind"] for f in found.result["findings"]] == ["blob-damaged"]
    assert found.result["findings"][0]["documents"] == [str(path)]
    ran = program("restore", path)
    assert ran.code == 12
    assert path.read_bytes() == small
    copy = program.folder / "backup.html"
    copy.write_bytes(data)
    assert program("archive", copy).code == 0
    healed = program("restore", path)
    assert healed.code == 0, healed.err
    assert path.read_bytes() == data


def test_a_lost_index_is_rebuilt(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    for index in (program.store / "index").iterdir():
        index.unlink()
    assert program("verify").code == 4
    rebuilt = program("verify", "--rebuild-index", "--read-data")
    assert rebuilt.code == 0, rebuilt.err
    assert program("restore", path).code == 0
    assert path.read_bytes() == data


def test_the_cache_can_be_deleted(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    cached = [p for p in (program.folder / "xdg").rglob("*") if p.is_file()]
    assert cached
    for file in cached:
        file.unlink()
    assert program("restore", path).code == 0
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "words",
    [
        ["restore", "page.html"],
        ["ls"],
        ["gc"],
        ["verify"],
        ["stats"],
        ["cat", "00000000"],
        ["forget", "page.html"],
    ],
)
def test_no_store_is_10(program: Program, words: list[str]) -> None:
    page(program)
    ran = program(*words, "--json")
    assert ran.code == 10
    assert ran.json["errors"][0]["hint"]
    assert not program.store.exists()


def test_locked_is_11(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    holder = (
        "import sys; from assetstore.store.store import Store\n"
        "store = Store.open(__import__('pathlib').Path(sys.argv[1]))\n"
        "with store.lock('gc', 1.0):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(program.store)],
        env=program.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert program("gc").code == 11
        process.stdin.close()
    assert program("gc").code == 0


def test_usage_is_2(program: Program) -> None:
    for words in (["archive"], ["gc", "--grace", "soon"], ["nothing"]):
        ran = program(*words, "--json")
        assert ran.code == 2, words
        assert list(schema().iter_errors(ran.json)) == []


def test_partly_done_is_3_and_a_missing_file_is_1(program: Program) -> None:
    path, _ = page(program)
    missing = program.folder / "missing.html"
    assert program("archive", missing).code == 1
    ran = program("archive", missing, path, "--json")
    assert ran.code == 3
    assert ran.result["totals"]["archived"] == 1
    assert ran.json["errors"][0]["path"] == str(missing)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_file_open_for_writing_is_13(program: Program) -> None:
    path, data = page(program)
    with path.open("ab"):
        ran = program("archive", path)
    assert ran.code == 13
    assert path.read_bytes() == data


def test_links_and_odd_files_are_refused(program: Program) -> None:
    path, data = page(program)
    link = program.folder / "link.html"
    link.symlink_to(path)
    assert program("archive", link).code == 1
    assert link.is_symlink()
    hard = program.folder / "hard.html"
    os.link(path, hard)
    assert program("archive", path).code == 1
    hard.unlink()
    if hasattr(os, "mkfifo"):
        fifo = program.folder / "fifo"
        os.mkfifo(fifo)
        assert program("archive", fifo).code == 1
    path.chmod(0o400)
    ran = program("archive", path)
    assert ran.code == 1
    assert "hint" in ran.err
    assert path.read_bytes() == data


def test_attributes_stay(program: Program) -> None:
    path, _ = page(program)
    path.chmod(0o640)
    os.utime(path, ns=(1_600_000_000_123456789, 1_600_000_000_987654321))
    assert program("archive", path).code == 0
    state = path.stat()
    assert state.st_mode & 0o777 == 0o640
    assert state.st_mtime_ns == 1_600_000_000_987654321


def test_a_young_file_is_left_alone(program: Program) -> None:
    path, data = page(program)
    ran = program("archive", "--min-age", "1h", path, "--json")
    assert ran.code == 0
    assert ran.result["files"][0]["status"] == "skipped"
    assert ran.result["files"][0]["reason"]
    assert path.read_bytes() == data


def test_interrupted_is_130_and_leaves_the_file(program: Program) -> None:
    path = program.folder / "big.html"
    part = f'<img src="{uri(picture(300, 300, 1))}">\n'.encode()
    with path.open("wb") as file:
        for seed in range(200):
            file.write(part)
            file.write(uri(picture(200, 200, seed)).encode() + b"\n")
    data = path.read_bytes()
    process = program.start("archive", path)
    while process.poll() is None and not (program.store / "config").exists():
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    process.communicate()
    if process.returncode == 0:  # it was faster
        assert len(path.read_bytes()) < len(data)
    else:
        assert process.returncode == 130
        assert path.read_bytes() == data
    assert program("archive", path).code == 0
    assert [p.name for p in program.folder.glob("*big*")] == ["big.html"]
    assert program("restore", path).code == 0
    assert path.read_bytes() == data


@pytest.mark.skipif(os.name == "nt", reason="kills with SIGKILL")
def test_killed_at_any_time_the_file_is_whole(program: Program) -> None:
    path = program.folder / "big.html"
    data = b"".join(uri(picture(250, 250, n)).encode() + b"\n" for n in range(60))
    path.write_bytes(data)
    for delay in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        process = program.start("archive", path)
        time.sleep(delay)
        process.kill()
        process.communicate()
        if path.read_bytes() != data:
            assert program("restore", path).code == 0
        assert path.read_bytes() == data
    assert program("archive", path).code == 0
    assert program("gc", "--grace", "0").code == 0
    assert program("verify", "--read-data").code == 0
    assert [p.name for p in program.folder.glob("*big*")] == ["big.html"]
    assert program("restore", path).code == 0
    assert path.read_bytes() == data


def test_json_follows_the_schema(program: Program) -> None:
    validator = schema()
    path, _ = page(program)
    log = program.folder / "log.jsonl"
    log.write_bytes(codex_log())
    runs: list[Ran] = [
        program(*words, "--json")
        for words in (
            ["archive", "-n", path],
            ["archive", path],
            ["init", program.folder / "another"],
            ["init"],
            ["init", "--forget", program.folder / "another"],
            ["ls"],
            ["ls", "--blobs"],
            ["stats"],
            ["verify", "--read-data"],
            ["verify", "--rebuild-index"],
            ["repair"],
            ["optimize", "-n"],
            ["optimize"],
            ["stats", "--types"],
            ["purge", "-n", path],
            ["gc", "-n"],
            ["gc", "--grace", "0"],
            ["clients"],
            ["writers", "list"],
            ["writers", "adopt", "none", "--yes"],
            ["restore", path],
            ["forget", path],
            ["restore", "nowhere.html"],
            ["completion", "bash"],
            ["doctor", program.folder],
            ["rescue", "nowhere"],
            ["handoff", log],
            ["view", path, "--no-open"],
            ["show", log],
            ["export", log, program.folder / "bundle"],
            ["import", program.folder / "bundle", "--to", program.folder / "home"],
            ["mcp", "--install", "codex"],
            ["run", "-n"],
            ["run"],
            ["log"],
            ["config", "show", "--all"],
            ["config", "check"],
            ["config", "schema"],
            ["schedule", "print", "--scheduler", "launchd"],
        )
    ]
    assert {r.json["command"].split()[0] for r in runs} == set(COMMANDS) - {"cat"}
    for run in runs:
        assert list(validator.iter_errors(run.json)) == []
        assert run.json["exit_code"] == run.code


@pytest.mark.parametrize("name", COMMANDS)
def test_help_begins_as_the_list_of_commands_says(program: Program, name: str) -> None:
    ran = program(name, "--help")
    assert ran.code == 0
    assert COMMANDS[name] in " ".join(ran.out.decode().split())


def test_help_imports_little(program: Program) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from assetstore.cli import main\n"
            "sys.argv = ['assetstore', '--help']\n"
            "try:\n    main()\nexcept SystemExit:\n    pass\n"
            "heavy = {'PIL', 'blake3', 'sqlite3', 'orjson', 'zstandard', 'tqdm'}\n"
            "sys.exit(', '.join(heavy & set(sys.modules)) or 0)",
        ],
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_generated_documents_are_up_to_date() -> None:
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, str(root / "docs" / "generate.py"), "--check"],
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout.decode()
