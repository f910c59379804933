"""The jobs for the agents that are on a machine."""

from pathlib import Path

from assetstore.jobs.built_in import built_in_jobs
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
