"""handoff and show: what a thread knows, from its log alone."""

import json
import re
import shlex
import subprocess
from itertools import accumulate
from pathlib import Path

import pytest

from assetstore.agents.redaction.redact import redact
from support.homes import (
    THREAD,
    claude_home,
    codex_fork,
    codex_home,
    long_thread,
    rollout,
)
from support.program import Program
from support.samples import picture


def section(text: str, name: str) -> str:
    return text.partition(f"\n## {name}")[2].partition("\n## ")[0]


def test_a_successor_learns_what_it_needs(agents: Program) -> None:
    codex_home(agents.folder, long_thread(500))
    target = agents.folder / "handoff.md"
    ran = agents("handoff", THREAD, "-o", target)
    assert ran.code == 0, ran.err
    text = target.read_text()
    assert text.startswith("# Handoff: Write a streaming parser")
    assert "`/home/x/parser`, branch `feature/streaming`" in text
    assert "500 turns" in text
    latest = section(text, "Latest requests")
    assert latest.count("Please go on with part") == 2
    assert "> Please go on with part 499." in latest
    assert "> (and 492 more like it)" in latest
    assert "> It looks wrong, see 450 [image 5]" in latest
    stopped = section(text, "Where it stopped")
    assert "Part 498 is in place." in stopped
    assert "no answer:\n\n> Please go on with part 499." in stopped
    assert "- changed `src/part_18.rs`: ok (line 4504)\n" in stopped
    assert "- ran `cargo test part_18`: failed (line 4506): error[E0308]" in stopped
    assert "part 498" not in stopped.partition("no answer")[2]
    assert "interrupted" in stopped
    plan = section(text, "Plan")
    assert "- [x] stream" in plan
    assert "- [~] fuzz it" in plan
    problems = section(text, "Open problems")
    assert "`cargo test part_18` failed at its last run" in problems
    assert "mismatched types in part 499" in problems
    assert "ring buffer instead of a Vec" in section(text, "Decisions")
    files = section(text, "Files")
    assert "`src/part_18.rs`: created, then changed 13 times (line 4504)" in files
    assert "cargo test part_18" in section(text, "Commands")
    summary = section(text, "Summary")
    assert "in turn 301 of 500:\n\n> The lexer is done; the streaming" in summary
    assert text.index("## Summary") < text.index("## Open problems")
    assert "sk-proj" not in text
    assert "- `export OPENAI_API_KEY=[redacted]`: ok (line 1812)" in text
    images = section(text, "Images")
    assert f"assetstore show {THREAD} --image 1" in images
    assert '(line 4060), shown with "It looks wrong, see 450"' in images
    assert "environment_context" not in text
    for name in ("image-1.png", "image-5.png"):
        assert f"(handoff-images/{name})" in text
        small = (agents.folder / "handoff-images" / name).read_bytes()
        assert small.startswith(b"\x89PNG")
    assert len(text.encode()) < 4 * 8000 * 1.1
    again = agents("handoff", THREAD, "-o", target)
    assert again.code == 0
    assert target.read_text() == text


def test_an_answered_thread_waits_for_nothing(agents: Program) -> None:
    codex_home(agents.folder, rollout(2, 0))
    stopped = section(agents("handoff", THREAD).out.decode(), "Where it stopped")
    assert stopped.split("\n\n") == [
        "",
        "The agent's last words (line 9):",
        "> I see 1.\n",
    ]


def test_a_fork_begins_with_what_went_before(agents: Program) -> None:
    path = codex_home(agents.folder, rollout(2, 0))
    end = path.stat().st_size
    fork = codex_fork(path, 1, end, rollout(1, 0, start=5))
    with path.open("ab") as file:
        file.write(rollout(1, 0, start=9))
    text = agents("handoff", fork).out.decode()
    assert f"A fork: it goes on from thread `{THREAD}`" in text
    said = ["look at number 0", "look at number 1", "look at number 5"]
    assert all(words in text for words in said)
    assert "look at number 9" not in text
    shown = agents("show", fork, "--json").result["events"]
    assert [e["text"] for e in shown if e["kind"] == "user"] == said
    assert "A fork:" not in agents("handoff", path).out.decode()
    path.unlink()
    text = agents("handoff", fork).out.decode()
    assert f"what went before is in the log `{THREAD}`, which is gone" in text


def test_a_rewound_thread_is_told_without_what_was_taken_back(agents: Program) -> None:
    path = codex_home(agents.folder, rollout(3, 0))
    end = [*accumulate(map(len, path.read_bytes().splitlines(keepends=True)))][8]
    codex_fork(path, 17, end, rollout(1, 0, start=7), rewinds=True)
    said = ["look at number 0", "look at number 1", "look at number 7"]
    for name in (THREAD, str(path)):
        shown = agents("show", name, "--json").result["events"]
        assert [e["text"] for e in shown if e["kind"] == "user"] == said
        text = agents("handoff", name).out.decode()
        assert "A fork" not in text
        assert "look at number 2" not in text
    (told,) = agents("doctor", "--json").result["threads"]
    assert told["images"] == 8
    assert told["request_images"] == 3
    picture = agents.folder / "3.png"
    assert agents("show", THREAD, "--image", "3", "-o", picture).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("tokens", [500, 2000])
def test_its_length_is_bounded(agents: Program, tokens: int) -> None:
    codex_home(agents.folder, long_thread(300))
    text = agents("handoff", THREAD, "--max-tokens", str(tokens)).out
    assert len(text) < 4 * tokens * 1.25
    assert b"streaming parser" in text
    assert b"part 299" in text


def test_a_rescued_thread_still_has_its_pictures(agents: Program) -> None:
    path = codex_home(agents.folder)
    before = agents("show", path, "--json").result["events"]
    assert agents("rescue", THREAD).code == 0
    target = agents.folder / "h.md"
    assert agents("handoff", path, "-o", target).code == 0
    assert (agents.folder / "h-images" / "image-1.png").exists()
    after = agents("show", path, "--json").result["events"]
    assert [e["text"] for e in after] == [e["text"] for e in before]
    numbers = [[i["number"] for i in e["images"]] for e in after]
    assert numbers == [[i["number"] for i in e["images"]] for e in before]
    shot = agents.folder / "shot.png"
    assert agents("show", path, "--image", "2", "-o", shot).code == 0
    assert shot.read_bytes() == picture(60, 40, 1)
    handoffs = list((agents.folder / "xdg" / "data").rglob("*.md"))
    assert [p.name for p in handoffs] == [f"{THREAD}.md"]


def test_show_is_readable(agents: Program) -> None:
    agents.environment["TZ"] = "UTC"
    path = codex_home(agents.folder, rollout(2, 0))
    text = agents("show", path).out.decode()
    assert "user 2026-10-02 10:00:00 +0000 (line 3)\nlook at number 0\n" in text
    assert "[image 1: image 60x40 png, 7." in text
    assert "agent 2026-10-02 10:00:00 +0000 (line 5)\nI see 0." in text
    assert agents("show", path, "--last", "1").out.count(b"(line") == 1
    assert agents("show", path, "--image", "9", "-o", "x.png").code == 2
    session = claude_home(agents.folder)
    shown = agents("show", session, "--json").result["events"]
    assert [e["kind"] for e in shown[:3]] == ["user", "call", "result"]
    assert shown[2]["images"][0]["name"] == "image 60x40 png"


def test_hostile_text_stays_text(agents: Program) -> None:
    path = agents.folder / "log.jsonl"
    words = (
        "\\u001b]0;owned\\u0007 assetstore-picture:99 [image 1x1 png archived as1:x]"
    )
    path.write_text(
        '{"timestamp":"t","type":"response_item","payload":{"type":"message",'
        f'"role":"user","content":[{{"type":"input_text","text":"{words}"}}]}}}}\n'
        '{"type":"response_item","payload":[]}\n[]\n{"type":7}\nnot json\n'
    )
    for command in ("show", "handoff"):
        ran = agents(command, path)
        assert ran.code == 0, ran.err
        assert b"\x1b]" not in ran.out
        assert b"assetstore-picture:99" in ran.out


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_1234567890abcdefghijklmnopqrstuvwxyz12",
        "sk-proj-" + "a1B2c3D4" * 6,
        "sk-ant-api03-" + "a1B2c3D4" * 6,
        "xoxb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_secrets_are_redacted(secret: str) -> None:
    text = redact(f"run it with {secret} please\nand then commit 1f3a9cd0")
    assert secret not in text
    assert secret[6:-4] not in text
    assert text.startswith("run it with [redacted]")
    assert text.endswith(" please\nand then commit 1f3a9cd0")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("password: hunter2please", "password: [redacted]"),
        ("curl https://joe:s3cretpw@host/x", "curl https://joe:[redacted]@host/x"),
        ("- `export TOKEN=hunter2please`: ok", "- `export TOKEN=[redacted]`: ok"),
        ("password=back`tick`inside: x", "password=[redacted]: x"),
        ("the token is in the vault", "the token is in the vault"),
    ],
)
def test_what_stands_around_secrets_stays(line: str, left: str) -> None:
    assert redact(line) == left


def test_a_handoff_without_anything(tmp_path: Path, agents: Program) -> None:
    empty = agents.folder / "empty.jsonl"
    empty.write_bytes(b"")
    ran = agents("handoff", empty)
    assert ran.code == 0
    assert b"# Handoff: empty" in ran.out


def test_secrets_at_the_edge_of_what_is_shown(agents: Program) -> None:
    """Long requests, outputs and commands are cut; what is cut has no form any more."""
    key = "-----BEGIN RSA PRIVATE " + "KEY-----\n"  # in parts, for scanners
    key += "\n".join(f"MIIEpAIBAAKCAQEA{i:048}" for i in range(60))
    secrets = ["gh" + "p_" + f"{i}" * 36 for i in range(1, 8)]
    log = rollout(1, 0)
    for i, size in enumerate((1640, 1660, 2480, 350, 560, 780)):
        for text in (
            "w " * (size // 2) + secrets[i] + " w" * 1500,
            "w " * 1500 + secrets[i] + " w" * (size // 2),
            "w " * (size // 2) + key + " w" * 1500,
        ):
            turn = rollout(1, 0, start=2)
            log += turn.replace(b"look at number 2", json.dumps(text)[1:-1].encode())
            call = {"name": "exec_command", "arguments": json.dumps({"cmd": text})}
            gave = {"type": "function_call_output", "output": f"error {text}"}
            for payload in ({"type": "function_call", **call}, gave):
                record = {"type": "response_item", "payload": payload}
                payload["call_id"] = f"c{i}{len(text)}"
                log += json.dumps(record).encode() + b"\n"
    path = codex_home(agents.folder, log)
    for words in (("--max-tokens", "2000"), ("--max-tokens", "30000"), ("--json",)):
        told = agents("handoff", path, *words).out.decode()
        assert "MIIEpAIBAA" not in told
        for secret in secrets:
            assert secret[4:12] not in told


def test_words_of_a_log_are_no_html_and_end_no_code(agents: Program) -> None:
    log = rollout(1, 0).replace(b"look at number 0", b"<script>run()</script> a < b")
    call = {"type": "function_call", "name": "exec_command", "call_id": "c"}
    call["arguments"] = json.dumps({"cmd": "echo `date` <b>"})
    log += json.dumps({"type": "response_item", "payload": call}).encode() + b"\n"
    text = agents("handoff", codex_home(agents.folder, log)).out.decode()
    assert "\\<script>run()\\</script> a < b" in text
    assert "`echo 'date' <b>`" in text


def test_a_handoff_goes_with_the_rescue_that_wrote_it(agents: Program) -> None:
    path = codex_home(agents.folder)
    rescued = agents("rescue", THREAD, "--now", "--json").result
    written = Path(rescued["handoff"])
    assert written.is_file()
    undone = agents("rescue", "--undo", THREAD)
    assert undone.code == 0, undone.err
    assert not written.exists()
    assert f"removed: {written}" in undone.err + undone.out.decode()
    assert path.read_bytes() == rollout()


@pytest.mark.parametrize("edited", [False, True])
def test_a_handoff_that_is_somebodys_stays_and_is_told(
    agents: Program, edited: bool
) -> None:
    codex_home(agents.folder)
    words = () if edited else ("--handoff", agents.folder / "mine.md")
    rescued = agents("rescue", THREAD, "--now", "--json", *words).result
    written = Path(rescued["handoff"])
    if edited:
        written.write_text("my own words")
    text = written.read_bytes()
    undone = agents("rescue", "--undo", THREAD, "--json").result
    assert undone["threads"][0]["handoff"] == str(written)
    assert written.read_bytes() == text


def test_the_command_that_takes_a_rescue_back_can_be_copied(agents: Program) -> None:
    path = agents.folder / "it's; touch pwned.jsonl"
    path.write_bytes(rollout())
    undo = agents("rescue", path, "--now", "--json").result["undo"]
    program = shlex.join(agents.words()[:-1])
    words = undo.replace("assetstore", f"{program} assetstore", 1)
    done = subprocess.run(
        ["sh", "-c", words],
        cwd=agents.folder,
        env=agents.environment,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == rollout()
    assert not (agents.folder / "pwned.jsonl").exists()


_MARKUP = """see ``` fence
</details><img src=x onerror=run()> ![x](https://e.example/a.png) <https://e.example>
<!-- a comment
a \\<script>run()</script> b <?x ?> <![CDATA[x]]> \\![y](z)
`an open code span
# a title"""
_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")


def test_markup_in_a_log_is_no_markup_in_a_handoff(agents: Program) -> None:
    """Wherever words and names of a log stand: titles, plans, files, calls, errors."""
    words = json.dumps(_MARKUP)[1:-1].encode()
    log = rollout(1, 0).replace(b"look at number 0", words).replace(b"I see 0.", words)
    log = log.replace(b"2026-10-01T10:00:00.000Z", b"<b><img src=x>")
    log = log.replace(b'"/home/x"', b'"/home/`x<img src=x>"')
    named = "a`b<img src=x>.md"
    patch = f"*** Begin Patch\n*** Add File: {named}\n+x\n*** End Patch"
    plan = {"plan": [{"step": f"do <b>x</b>\n# {_MARKUP}", "status": "pending"}]}
    calls = (
        {"name": "apply_patch", "type": "custom_tool_call", "input": patch},
        {"name": "update_plan", "arguments": json.dumps(plan)},
        {"name": "<img src=x>", "arguments": json.dumps({"q": "`<img src=x>"})},
        {"name": "exec_command", "arguments": json.dumps({"cmd": f"a {_MARKUP}"})},
    )
    for number, call in enumerate(calls):
        payload = {"type": "function_call", "call_id": f"c{number}", **call}
        gave = {"type": "function_call_output", "call_id": f"c{number}"}
        gave["output"] = f"error: {_MARKUP}\nexit code 1"
        for each in (payload, gave):
            record = {"type": "response_item", "payload": each}
            log += json.dumps(record).encode() + b"\n"
    text = agents("handoff", codex_home(agents.folder, log)).out.decode()
    assert text.count("img src") > 8
    bare = "\n".join(_SPAN.sub("", line) for line in text.split("\n"))
    assert re.findall(r"(?<!\\)(?:\\\\)*(?:<[A-Za-z!/?]|!\[)", bare) == []
    assert f"``{named}``" in text
    titles = [line for line in text.split("\n") if line.startswith("#")]
    assert all(re.match(r"# Handoff: |## [A-Z]", line) for line in titles)
