"""A copy of a thread under a new id."""

import json
import re
from pathlib import Path

import pytest

from assetstore.agents.find import log_at
from assetstore.agents.fork import fork
from assetstore.errors import AssetstoreError
from support.homes import SESSION, THREAD, claude_home, codex_fork, codex_home, rollout


def test_it_is_the_same_but_for_its_id(alone: Path) -> None:
    for path, id in ((codex_home(alone), THREAD), (claude_home(alone), SESSION)):
        before = path.read_bytes()
        copy = fork(log_at(path))
        assert copy.id != id
        assert re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab].{16}", copy.id
        )
        text = copy.path.read_bytes()
        assert text.replace(copy.id.encode(), id.encode()) == before
        assert id.encode() not in text
        assert log_at(copy.path) == copy
        assert path.read_bytes() == before


def test_an_id_on_the_border_of_two_pieces(alone: Path) -> None:
    path = claude_home(alone, b"")
    for shift in range(0, 40, 7):
        text = b"x" * ((1 << 20) - shift) + SESSION.encode() * 2 + b"\n"
        path.write_bytes(text)
        copy = fork(log_at(path))
        assert copy.path.read_bytes() == text.replace(
            SESSION.encode(), copy.id.encode()
        )
        copy.path.unlink()


def test_a_thread_in_several_logs_becomes_one(alone: Path) -> None:
    records = [json.loads(line) for line in rollout(1, 0).splitlines()]
    numbered = [{"ordinal": n, **record} for n, record in enumerate(records)]
    log = b"".join(json.dumps(record).encode() + b"\n" for record in numbered)
    origin = codex_home(alone, log)
    path = codex_fork(origin, 11, len(log))
    first = json.loads(path.read_bytes())
    path.write_bytes(json.dumps({"ordinal": len(records), **first}).encode() + b"\n")
    copy = fork(log_at(path))
    found = [json.loads(line) for line in copy.path.read_bytes().splitlines()]
    assert [record["ordinal"] for record in found] == list(range(len(records) + 1))
    assert "history_base" not in found[0]["payload"]


@pytest.mark.parametrize("name", ["mine.jsonl", f"{SESSION}.jsonl.zst"])
def test_what_has_no_id_that_could_be_changed_is_refused(
    alone: Path, name: str
) -> None:
    path = claude_home(alone).with_name(name)
    path.write_bytes(b"{}\n")
    with pytest.raises(AssetstoreError, match="cannot be forked"):
        fork(log_at(path))
    assert len(list(path.parent.iterdir())) == 2
