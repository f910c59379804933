"""Every request of a thread before its rescue, after it, and after its undo."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.client import said
from support.codex import (
    NEWEST,
    Codex,
    has_pictures,
    image,
    install,
    read,
    text,
    thread_with_pictures,
    troubles,
)
from support.mock_api import MockApi, Request
from support.program import Program
from support.samples import lines, picture, uri
from support.sent import check_rescued, check_undone, spoken

pytestmark = pytest.mark.real_client
Scenario = Callable[[Codex], str]


def shot(number: int) -> dict[str, Any]:
    return image(uri(picture(120, 80, number)))


def plain(codex: Codex) -> str:
    with codex.server() as server:
        return thread_with_pictures(codex, server)[0]


def alone(codex: Codex) -> str:
    """A thread that begins with a picture, without a word."""
    with codex.server() as server:
        thread: str = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
        server.turn(thread, shot(1))
        server.turn(thread, shot(2), text("between"), shot(3))
    return thread


def odd(codex: Codex) -> str:
    """Items without a picture, as clients and tools once wrote them."""
    thread = alone(codex)
    (path,) = codex.rollouts()
    good = uri(picture(120, 80, 3)).encode()
    urls = [
        "data:image/png;base64,",
        uri(b"# words\n" * 300, "text/markdown"),
        uri(picture(40, 30, 7), "application/octet-stream"),
    ]
    change(path, b'{"type":"input_image","image_url":"' + good, urls)
    return thread


def replayed(codex: Codex) -> str:
    """Pictures of which the client says that it made them smaller."""
    if codex.version < (0, 170):
        pytest.skip("it keeps no originals")
    thread = alone(codex)
    (path,) = codex.rollouts()
    original = uri(picture(200, 160, 9), "application/octet-stream")
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    for record in records:
        if "input_image" in json.dumps(record):
            source = {
                "prepared_url_digest": list(range(32)),
                "detail": "high",
                "original_data_url": original,
            }
            record["metadata"]["image_replay_sources"] = [source]
    path.write_bytes(lines(*records))
    for database in codex.home.glob("thread_history_*"):
        database.unlink()
    return thread


def change(path: Path, item: bytes, urls: list[str]) -> None:
    """Put items with other addresses in front of one."""
    before, found, after = path.read_bytes().partition(item)
    assert found
    head, rest = b'{"type":"input_image","image_url":"', after[: after.index(b"}") + 1]
    more = b"".join(head + url.encode() + rest + b"," for url in urls)
    path.write_bytes(before + more + found + after)


def probe(codex: Codex, api: MockApi, thread: str, words: str) -> Request:
    """Say something in a thread; what the client sent for it."""
    codex.exec("resume", thread, words)
    assert words in api.requests[-1].text
    return api.requests[-1]


@pytest.mark.parametrize("scenario", [plain, alone, odd, replayed])
def test_what_is_sent_before_a_rescue_after_it_and_undone(
    codex: Codex, api: MockApi, program: Program, scenario: Scenario
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    thread = scenario(codex)
    (path,) = codex.rollouts()
    before = probe(codex, api, thread, "before the rescue")
    assert before.images
    original = path.read_bytes()

    done = program("rescue", thread, "--now")
    assert done.code == 0, done.err
    after = probe(codex, api, thread, "after the rescue")
    check_rescued(before, after, loosely=copies_words(codex))
    assert not has_pictures(path)

    undone = program("rescue", "--undo", thread, "--json")
    assert undone.code == 0, undone.out
    assert undone.result["exact"] is True
    assert path.read_bytes().startswith(original)
    last = probe(codex, api, thread, "after the undo")
    check_undone(before, after, last, loosely=copies_words(codex))


def copies_words(codex: Codex) -> bool:
    """Whether, of what was said before a compaction, it sends all words in one.

    So does 0.98, which writes no history of its compactions.
    """
    return codex.version <= (0, 98)


def sent_again(codex: Codex, api: MockApi, thread: str) -> list[Request]:
    """Edit each message that a user sent: what the client shows is sent again."""
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        turns = server.call("thread/read", threadId=thread, includeTurns=True)
        items = [item for turn in turns["thread"]["turns"] for item in turn["items"]]
        said = [item["content"] for item in items if item["type"] == "userMessage"]
        requests = []
        for content in said:
            if content:  # else there is nothing that could be sent
                server.turn(thread, *content)
                requests.append(api.requests[-1])
    assert requests
    return requests


@pytest.mark.parametrize("scenario", [plain, alone])
def test_a_message_that_is_edited_is_one_that_the_api_takes(
    codex: Codex, api: MockApi, program: Program, scenario: Scenario
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    thread = scenario(codex)
    (path,) = codex.rollouts()
    original = path.read_bytes()
    assert program("rescue", thread, "--now").code == 0
    for request in sent_again(codex, api, thread):
        assert (request.status, request.error) == (200, "")
    # Once more, with what that has left in the log.
    done = program("rescue", thread, "--now")
    assert done.code == 0, done.err
    for request in sent_again(codex, api, thread):
        assert (request.status, request.error) == (200, "")
    undone = program("rescue", "--undo", thread)
    assert undone.code == 0, undone.err
    assert path.read_bytes().startswith(original)
    assert probe(codex, api, thread, "after the undo").status == 200


@pytest.mark.parametrize("scenario", [plain, alone])
def test_titles_are_what_they_were(
    codex: Codex, program: Program, scenario: Scenario
) -> None:
    """As the client makes them of the log, once its own list is gone."""
    program.environment["CODEX_HOME"] = str(codex.home)
    thread = scenario(codex)
    shown = titles(codex)
    assert thread in shown
    assert program("rescue", thread, "--now").code == 0
    now = titles(codex)
    assert thread in now
    # 0.98 makes them of what the model reads.
    if codex.version > (0, 98):
        assert not any("as1:" in str(title) for title in now.values())
        if scenario is plain:
            assert now == shown


def titles(codex: Codex) -> dict[str, tuple[str, str | None]]:
    """What the client lists, from the logs alone."""
    for path in codex.home.glob("state_5.sqlite*"):
        path.unlink()
    with codex.server() as server:
        found = server.call("thread/list")["data"]
    return {each["id"]: (each["preview"], each.get("name")) for each in found}


def test_one_picture_first_and_then_the_others(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    thread = alone(codex)
    (path,) = codex.rollouts()
    before = probe(codex, api, thread, "before the rescue")
    original = path.read_bytes()
    images = json.loads(program("doctor", "--json", "-v").out)["result"]["threads"][0][
        "images"
    ]
    assert images
    done = program("rescue", "--keep-pictures", "1", thread, "--now")
    assert done.code == 0, done.err
    one = probe(codex, api, thread, "with the last one")
    assert spoken(one)[: len(spoken(before))] == spoken(before)
    assert one.images == before.images[-1:]
    assert program("rescue", thread, "--now").code == 0
    after = probe(codex, api, thread, "without it")
    check_rescued(before, after)
    undone = program("rescue", "--undo", thread)
    assert undone.code == 0, undone.err
    assert path.read_bytes().startswith(original)
    check_undone(before, after, probe(codex, api, thread, "after the undo"))


@pytest.mark.parametrize("rescued", [True, False])
def test_a_thread_that_the_newest_client_migrates(
    codex: Codex, api: MockApi, program: Program, rescued: bool
) -> None:
    """Between rescue and undo, or in front of both."""
    if not codex.old:
        pytest.skip("its logs have numbers")
    newest = install(NEWEST)
    assert newest is not None
    program.environment["CODEX_HOME"] = str(codex.home)
    thread = plain(codex)
    before = probe(codex, api, thread, "before the rescue")
    if rescued:
        assert program("rescue", thread, "--now").code == 0
    codex.program = newest
    words = [str(newest), "migrate-rollouts", "--apply", "--json"]
    migrated = said(words, codex.work, codex.environment)
    assert [each["status"] for each in migrated.json["outcomes"]] == ["migrated"]
    (path,) = codex.rollouts()
    original = path.read_bytes()
    if not rescued:
        assert program("rescue", thread, "--now").code == 0
    after = probe(codex, api, thread, "after the rescue")
    assert (after.status, after.images) == (200, [])
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        shown = read(server, thread)
        assert not troubles(server.log)

    undone = program("rescue", "--undo", thread, "--json")
    assert undone.code == 0, undone.out
    assert undone.result["exact"] is not rescued
    assert ("anew" in undone.result["differs"]) == rescued
    if not rescued:
        assert path.read_bytes().startswith(original)
    last = probe(codex, api, thread, "after the undo")
    check_undone(before, after, last, loosely=True)
    assert last.images == before.images
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert read(server, thread)[: len(shown)] == shown
        assert not troubles(server.log)

    assert program("rescue", thread, "--now").code == 0
    assert probe(codex, api, thread, "and again").images == []
    again = program("rescue", "--undo", thread, "--json")
    assert again.code == 0, again.out
    assert again.result["exact"] is True
