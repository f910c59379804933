"""The jobs for the agents that are on a machine."""

from pathlib import Path

from assetstore.agents.client_rows import database_at
from assetstore.jobs.built_in import built_in_jobs
from support.clients import make_opencode
from support.homes import claude_home, codex_home


def test_there_is_a_job_for_each_agent_that_has_logs(tmp_path: Path) -> None:
    codex, claude = codex_home(tmp_path), claude_home(tmp_path)
    homes = {
        "codex": tmp_path / ".codex",
        "claude-code": tmp_path / ".claude",
    }
    jobs = built_in_jobs(homes)
    assert jobs.keys() == homes.keys()
    for client, log in (("codex", codex), ("claude-code", claude)):
        job = jobs[client]
        assert any(log.is_relative_to(path) for path in job["paths"])
        assert log.match(job["include"][0].removeprefix("**/"))
        assert job["profile"] == client
        assert job["min_age"] == 86400  # somebody may be at work in a younger one


def test_there_is_no_job_for_an_agent_that_is_not_there(tmp_path: Path) -> None:
    assert built_in_jobs({"codex": tmp_path / "none", "claude-code": tmp_path}) == {}


def test_there_is_one_for_each_client_that_has_databases(tmp_path: Path) -> None:
    paths = [make_opencode(tmp_path / f"opencode{name}.db") for name in ("", "-beta")]
    found = [database for path in paths if (database := database_at(path))]
    jobs = built_in_jobs({}, found)
    assert jobs == {
        "opencode": {"paths": tuple(map(str, paths)), "min_age": 86400.0},
    }
