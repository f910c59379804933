"""What a client sends of a thread: before a rescue, after it, and after its undo.

The same turns, the same words, no picture, nothing that the API refuses; after the undo
what was sent before, to the byte. A client is a `Sender`, a thread a `Scenario`.
"""

import difflib
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from support.program import Program

# What stands for a picture in a turn's words.
PICTURE = "(a picture)"
_URI = re.compile(r"data:[\w/+-]+;base64,[\w+/=]+")
_NAME = re.compile(
    r"\[(?:image|file) [^\[\]]{1,60}? archived (as1:[\w-]{27})\]|"
    r"(?<![\w-])(as1:[\w-]{27})(?![\w-])"
)
_ROLE = re.compile(r"^\w+: |</?system-reminder>", re.M)

# Who speaks, and the words and pictures that it says, one after the other.
Turn = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request.

    Attributes:
        turns: What the model reads. A picture is its data, and begins with `PICTURE`.
        refused: The API's error, or "".
    """

    turns: tuple[Turn, ...]
    refused: str = ""

    @property
    def pictures(self) -> int:
        """How many it has."""
        return sum(p.startswith(PICTURE) for _, parts in self.turns for p in parts)


class Sender(Protocol):
    """A client that goes on with a thread.

    Attributes:
        home: All that it keeps.
        thread: The thread's id.
        log: The thread's log.
        copies: Whether it writes the thread down anew when it goes on with it, so that
            what it sends after an undo is of the rescued form.
    """

    home: Path
    thread: str
    copies: bool

    @property
    def log(self) -> Path: ...

    def ask(self, words: str) -> list[Sent]:
        """Go on with the thread; the requests that this makes, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A thread, and what is known of it.

    Attributes:
        log: Makes its log.
        refused: Whether the API refuses it before it is rescued; None: that depends on
            the client's version.
        options: What ``rescue`` is told beside the thread.
        unsaid: How many of its pictures leave no words, since their place has none.
        silent: Whether the client does not even send it before.
        moved: Whether its words may be said at another place, and by the system.
        code: What ``rescue`` exits with; 4 where there is nothing to take out.
    """

    log: Callable[[], bytes]
    refused: bool | None = True
    options: Sequence[str] = ()
    unsaid: int = 0
    silent: bool = False
    moved: bool = False
    code: int = 0


def prove(sender: Sender, program: Program, scenario: Scenario, kept: Path) -> None:
    """Compare what is sent of a thread before a rescue, after it, and after its undo.

    Args:
        sender: The client; the thread is in its home.
        program: assetstore.
        scenario: What is known of the thread.
        kept: Where to keep a copy of the home meanwhile.
    """
    original = sender.log.read_bytes()
    shutil.copytree(sender.home, kept, symlinks=True)
    first = sender.ask("and now?")
    if scenario.refused is not None and not scenario.silent:
        assert bool(first[0].refused) == scenario.refused, first[0].refused
    # What is sent after that, had the thread never been rescued.
    control = sender.ask("and then?")[0].turns if scenario.refused is False else ()
    shutil.rmtree(sender.home)
    shutil.move(kept, sender.home)
    assert sender.log.read_bytes() == original

    before = None if scenario.silent else first[0]
    done = program("rescue", sender.thread, "--now", *scenario.options)
    assert done.code == scenario.code, done.err
    small = sender.log.read_bytes()
    assert small.count(b"\n") == original.count(b"\n")
    after = sender.ask("and now?")
    assert after
    for request in after:
        assert not request.refused
        assert not request.pictures
    if before is not None:
        quoted = _names(before)
        was = _said(before, quoted, scenario.unsaid)
        now = _said(after[0], quoted)
        assert not (other := _differ(was, now, scenario.moved)), other
    grown = sender.log.read_bytes()
    assert grown.startswith(small)
    if scenario.code:
        assert small == original
        return

    back = program("rescue", "--undo", sender.thread, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert sender.log.read_bytes() == original + grown[len(small) :]
    if sender.copies:
        whole = program("restore", "--quoted", sender.log)
        assert whole.code == 0, whole.err
    if before is not None:
        again = sender.ask("and then?")[0].turns
        if control:
            assert again == control, _differ(control, again, False)
            return
        again = again[: len(before.turns)]
        assert again[:-1] == before.turns[:-1], _differ(before.turns, again, False)
        # The client may have gone on with the last one; it reminds the model itself.
        said = [part for part in before.turns[-1][1] if not part.startswith("<system-")]
        assert set(said) <= set(again[-1][1])


def table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A table of scenarios and versions.

    Args:
        rows: For each test that recorded its property ``sent``, ``version|scenario``,
            that and how it ended.
    """
    ended: dict[str, dict[str, str]] = {}
    for what, outcome in rows:
        version, _, scenario = what.partition("|")
        ended.setdefault(scenario, {})[version] = outcome
    versions = sorted({v for row in ended.values() for v in row}, key=_newest_first)
    if not versions:
        return
    yield " | ".join(["| What is sent", *versions]) + " |"
    yield "|---" * (len(versions) + 1) + "|"
    for scenario, row in ended.items():
        yield " | ".join([f"| {scenario}", *(row.get(v, "") for v in versions)]) + " |"


def _newest_first(version: str) -> tuple[str, list[int]]:
    client, _, number = version.rpartition(" ")
    return client, [-int(part) for part in number.split(".")]


def _differ(some: Sequence[Turn], others: Sequence[Turn], moved: bool) -> str:
    """In what turns differ, or ""; ``moved``: but for their order, and who speaks."""
    said = [f"{role}: {part}" for role, parts in some for part in parts]
    others_said = [f"{role}: {part}" for role, parts in others for part in parts]
    if moved:
        said, others_said = _loose(said), _loose(others_said)
    found = difflib.unified_diff(said, others_said, "before", "after", lineterm="", n=0)
    return "\n".join(found)


def _loose(said: Sequence[str]) -> list[str]:
    return sorted(filter(None, _ROLE.sub("", "\n".join(said)).split("\n")))


def _names(sent: Sent) -> set[str]:
    """The placeholders in a request."""
    words = "\n".join(part for _, parts in sent.turns for part in parts)
    return {found[1] or found[2] for found in _NAME.finditer(words)}


def _said(sent: Sent, quoted: Collection[str], unsaid: int = 0) -> list[Turn]:
    """A request's turns, `PICTURE` for each picture and for what stands for one.

    Args:
        sent: The request.
        quoted: Placeholders that were words before, and have to be the same words.
        unsaid: How many of the pictures, the last ones, are to leave nothing.
    """
    left = sent.pictures - unsaid

    def stands(found: re.Match[str]) -> str:
        return found[0] if (found[1] or found[2]) in quoted else PICTURE

    turns: list[Turn] = []
    for role, parts in sent.turns:
        words: list[str] = []
        for part in parts:
            if part.startswith(PICTURE):
                left -= 1
                words += [PICTURE] if left >= 0 else []
            else:
                words.append(_NAME.sub(stands, _URI.sub(PICTURE, part)).strip())
        turns.append((role, tuple(words)))
    return turns
