"""Placeholders are what they say: in logs, in other documents, in two stores."""

import re
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.documents.upkeep import collect
from assetstore.restore.run import restore_paths
from assetstore.store.check.verify import verify
from assetstore.store.format.placeholder import PATTERN
from assetstore.store.store import Store
from support.samples import picture, uri
from support.stores import archived, memory_store, restored
from support.strategies import DOCUMENTS, FRAGMENTS, lookalikes

ALL = ArchiveOptions(min_size=0, media="any")
PROFILES = st.sampled_from(["auto", "generic", "codex", "claude-code"])
SHOTS = [uri(picture(8, 8, number)) for number in range(4)]


def options(profile: str) -> ArchiveOptions:
    return ArchiveOptions(min_size=0, media="any", profile=profile)


def texts(data: bytes) -> list[bytes]:
    """Everything in a document that looks like a placeholder."""
    return [match[1] for match in re.finditer(rb"(?=(%b))" % PATTERN.pattern, data)]


def stays(before: bytes, after: bytes) -> bool:
    """Whether all that looks like a placeholder is there still, in its order."""
    left = iter(texts(after))
    return all(text in left for text in texts(before))


@given(DOCUMENTS, PROFILES)
def test_no_archive_changes_what_looks_like_a_placeholder(
    data: bytes, profile: str
) -> None:
    slim, _ = archived(memory_store(), data, options(profile))
    assert stays(data, slim)


@given(DOCUMENTS, DOCUMENTS, PROFILES)
def test_an_archived_document_stays_as_it_is_in_any_store(
    data: bytes, more: bytes, profile: str
) -> None:
    slim, _ = archived(memory_store(), data, options(profile))
    other = memory_store()
    archived(other, more, options(profile))
    archived(other, data, options(profile))
    for store in (memory_store(), other):
        again, result = archived(store, slim, options(profile))
        if result.payloads == 0:
            assert again == slim
        # What is a payload only now, since another one is gone, is taken then.
        assert stays(slim, again)
        assert archived(store, again, options(profile))[0] == again


@given(st.lists(FRAGMENTS | lookalikes(), max_size=12).map(b"".join), st.data())
def test_a_document_that_quotes_itself(data: bytes, draw: st.DataObject) -> None:
    """It is unknown to the store that it is archived to, what it quotes as well."""
    slim, _ = archived(memory_store(), data, ALL)
    found = texts(slim)
    quotes = draw.draw(st.lists(st.sampled_from(found or [b"as1:"]), max_size=4))
    whole = b"\n\n".join([b"".join(quotes[::2]), data, *quotes])
    store = memory_store()
    slim, _ = archived(store, whole, ALL)
    assert restored(store, slim) == whole


LINES = st.one_of(
    st.sampled_from(range(len(SHOTS))).map(
        lambda n: (
            b'{"timestamp":"t","type":"event_msg","payload":{"shot":"%b"}}\n'
            % SHOTS[n].encode()
        )
    ),
    st.sampled_from(range(len(SHOTS))).map(
        lambda n: (
            b'{"timestamp":"t","type":"response_item","payload":{"type":"message",'
            b'"content":[{"type":"input_image","image_url":"%b"}]}}\n'
            % SHOTS[n].encode()
        )
    ),
    st.integers(0, 99).map(
        lambda n: b'{"timestamp":"t","type":"event_msg","n":%d}\n' % n
    ),
)
STORES = st.sampled_from(["a", "b"])


class Sessions(RuleBasedStateMachine):
    """A log that its client appends to, and that quotes itself, in two stores."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="assetstore-test-"))
        self.path = self.folder / "docs" / "log.jsonl"
        self.path.parent.mkdir()
        self.want = b""
        self.seen: list[bytes] = []
        self.stores: dict[str, Store] = {}

    @initialize(line=LINES)
    def begin(self, line: bytes) -> None:
        for name in ("a", "b"):
            self.stores[name] = Store.open(
                self.folder / name,
                create=True,
                cache_dir=self.folder / "cache",
                state_dir=self.folder / "state",
            )
        self.path.write_bytes(line)
        self.want = line

    def append(self, text: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(text)
        self.want += text

    @rule(line=LINES)
    def turn(self, line: bytes) -> None:
        """The client goes on."""
        self.append(line)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), key=st.sampled_from([b"shot", b"read"]))
    def quote(self, data: st.DataObject, key: bytes) -> None:
        """The client writes what it read of itself, or of another log."""
        text = data.draw(st.sampled_from(self.seen))
        begin = b'{"timestamp":"t","type":"event_msg","payload":{"'
        self.append(begin + key + b'":"' + text + b'"}}\n')

    @rule(name=STORES)
    def archive(self, name: str) -> None:
        before = self.path.read_bytes()
        report = archive_paths(self.stores[name], [self.path], ALL)
        assert [file.reason for file in report.files if file.reason] == []
        after = self.path.read_bytes()
        assert stays(before, after)
        self.seen = sorted({*self.seen, *texts(after)})

    @rule(name=STORES)
    def restore(self, name: str) -> None:
        before = self.path.read_bytes()
        (file,) = restore_paths(self.stores[name], [self.path]).files
        if file.status == "failed":  # none of it is this store's
            assert (file.error_type, file.payloads) == ("MissingBlob", 0)
        assert (self.path.read_bytes() != before) == (file.status == "restored")

    @rule(name=STORES)
    def collect(self, name: str) -> None:
        assert not collect(self.stores[name], grace=0).missing

    def teardown(self) -> None:
        try:
            if self.stores:
                self.settle()
        finally:
            for store in self.stores.values():
                store.close()
            shutil.rmtree(self.folder)

    def settle(self) -> None:
        """Put all of it back: from both at once, or from one after the other."""
        both = list(self.stores.values())
        for store in both:
            collect(store, grace=0)
        orders: list[list[Store | list[Store]]] = [[both], [*both], [*both[::-1]]]
        for work in orders[len(self.want) % len(orders)]:
            restore_paths(work, [self.path])
        assert self.path.read_bytes() == self.want
        for store in both:
            assert verify(store, read_data=True).findings == ()


TestSessions = Sessions.TestCase
TestSessions.settings = settings(
    max_examples=max(10, settings().max_examples // 3), stateful_step_count=25
)

PARTS = st.one_of(
    st.sampled_from(SHOTS).map(lambda shot: b"<img src='%b'>\n" % shot.encode()),
    st.integers(0, 99).map(lambda n: b"<p>%d</p>\n" % n),
    lookalikes().map(lambda text: b"<p>%b</p>\n" % text),
)
PAGES = st.sampled_from(["one.html", "two.html"])


class Pages(RuleBasedStateMachine):
    """Two pages whose lines are cut, copied and pasted while they are archived.

    Each is known by its lines: what it is when all of them are put back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="assetstore-test-"))
        self.docs = self.folder / "docs"
        self.docs.mkdir()
        self.want: dict[str, list[bytes]] = {"one.html": [], "two.html": []}
        self.stores: dict[str, Store] = {}

    @initialize()
    def begin(self) -> None:
        for name in ("a", "b"):
            self.stores[name] = Store.open(
                self.folder / name,
                create=True,
                cache_dir=self.folder / "cache",
                state_dir=self.folder / "state",
            )
        for page in self.want:
            self.write(page, [])

    def lines(self, page: str) -> list[bytes]:
        return (self.docs / page).read_bytes().splitlines(keepends=True)

    def write(self, page: str, lines: list[bytes]) -> None:
        (self.docs / page).write_bytes(b"".join(lines))

    @rule(page=PAGES, line=PARTS, data=st.data())
    def add(self, page: str, line: bytes, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.want[page])))
        self.want[page].insert(at, line)
        self.write(page, [*(now := self.lines(page))[:at], line, *now[at:]])

    @rule(page=PAGES, other=PAGES, data=st.data(), cut=st.booleans())
    def paste(self, page: str, other: str, data: st.DataObject, cut: bool) -> None:
        """Bring a line somewhere else, and archive both, as its owner would."""
        if not self.want[page]:
            return
        at = data.draw(st.integers(0, len(self.want[page]) - 1))
        to = data.draw(st.integers(0, len(self.want[other])))
        line, want = self.lines(page)[at], self.want[page][at]
        self.want[other].insert(to, want)
        self.write(other, [*(now := self.lines(other))[:to], line, *now[to:]])
        if cut:
            at += page == other and to <= at
            del self.want[page][at]
            self.write(page, [*(now := self.lines(page))[:at], *now[at + 1 :]])
        for name in self.stores:
            self.archive(name)

    @rule(name=STORES)
    def archive(self, name: str) -> None:
        before = {page: (self.docs / page).read_bytes() for page in self.want}
        report = archive_paths(self.stores[name], [self.docs], ALL)
        assert [file.reason for file in report.files if file.reason] == []
        for page, was in before.items():
            assert stays(was, (self.docs / page).read_bytes())

    @rule(name=STORES, page=PAGES)
    def restore(self, name: str, page: str) -> None:
        (file,) = restore_paths(self.stores[name], [self.docs / page]).files
        if file.status == "failed":  # none of it is this store's
            assert (file.error_type, file.payloads) == ("MissingBlob", 0)

    @rule(name=STORES)
    def collect(self, name: str) -> None:
        assert not collect(self.stores[name], grace=0).missing

    def teardown(self) -> None:
        try:
            for store in self.stores.values():
                collect(store, grace=0)
            if self.stores:
                for page, lines in self.want.items():
                    restore_paths([*self.stores.values()], [self.docs / page])
                    assert (self.docs / page).read_bytes() == b"".join(lines)
        finally:
            for store in self.stores.values():
                store.close()
            shutil.rmtree(self.folder)


TestPages = Pages.TestCase
TestPages.settings = settings(
    max_examples=max(10, settings().max_examples // 3), stateful_step_count=25
)
