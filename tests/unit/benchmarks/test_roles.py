"""The scripts of `benchmarks.roles`, and how they are read and masked."""

from pathlib import Path

from benchmarks import roles

ROOT = Path(__file__).parents[3]
SCRIPT = """\
1. Somebody
pages: README.md docs/stuck.md
same: page.html

Words.

$ assetstore doctor
[4]
critical
$ cat <<END
> x
> END
"""


def test_a_script_is_read() -> None:
    role = roles.Role.read("one", SCRIPT)
    assert (role.title, role.pages) == (
        "1. Somebody",
        ("README.md", "docs/stuck.md"),
    )
    words, steps = role.parts
    assert words == "Words."
    assert steps == (
        roles.Step("assetstore doctor", 4, ("critical",)),
        roles.Step("cat <<END\nx\nEND"),
    )


def test_what_is_not_as_expected_is_told() -> None:
    step = roles.Step("assetstore doctor", 4, ("critical",))
    assert step.fault("critical codex\n", 4) == ""
    assert step.fault("critical codex\n", 0) == "exit code 0, not 4"
    assert step.fault("all well\n", 4) == "it does not say 'critical'"


def test_what_is_another_each_time_is_masked() -> None:
    one = "last run 2026-11-28 01:56:02 +0000: ok, 1.5 s\nexit_code 0\n01m8fxxd43v9  2"
    assert roles.masked(one) == "last run TIME: ok, N s\nexit_code 0\nWRITER        2"
    kept = "01a2056c-e85e-7890-9e8a-1d806f1a2b03 as1:baC97m7ZjmnDkqsWDW6yjdR9Leo"
    assert roles.masked(kept) == kept


def test_the_page_has_what_the_scripts_say() -> None:
    page = (ROOT / "docs" / "sessions.md").read_text("utf-8")
    found = roles.roles()
    assert len(found) == 7
    for role in found:
        assert f"## {role.title}\n" in page
        assert all((ROOT / name).is_file() for name in role.pages)
        for part in role.parts:
            for step in part if isinstance(part, tuple) else ():
                typed = step.command.replace("\n", "\n> ")
                assert f"$ {typed}\n" in page, role.name
