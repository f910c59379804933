"""What the structure of the code promises (docs/design.md)."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.results import Why

ROOT = Path(__file__).parents[2]
PACKAGES = ("archiver", "restore", "store")
# Whoever talks to people may name the clients that they know.
MAY_NAME_CLIENTS = (
    "assetstore/agents/",
    "assetstore/cli/",
    "assetstore/config/keys.py",
)
CLIENTS = re.compile(r"codex|claude", re.I)


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of ours, by its path in the repository."""
    for name in (*PACKAGES, "assetstore"):
        for path in sorted((ROOT / name).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith(tuple(f"assetstore/{p}/" for p in PACKAGES)):
                yield place, ast.parse(path.read_text("utf-8"))


MODULES = dict(modules())


def places(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for place, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield f"{place}:{getattr(node, 'lineno', 0)}", node


def words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names and strings of a module that are no docstrings."""
    quiet = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            if id(node) not in quiet:
                yield line, str(node.value)
        elif isinstance(node, ast.Name):
            yield line, node.id
        elif isinstance(node, ast.Attribute):
            yield line, node.attr
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield (
                line,
                " ".join(
                    [getattr(node, "module", None) or "", *(a.name for a in node.names)]
                ),
            )
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield line, node.name


def test_there_are_modules() -> None:
    assert len(MODULES) > 200


def test_clients_are_named_where_agents_are_and_to_people() -> None:
    found = [
        f"{place}:{line}: {word}"
        for place, tree in MODULES.items()
        if not place.startswith(MAY_NAME_CLIENTS)
        for line, word in words(tree)
        if CLIENTS.search(word)
    ]
    assert found == []


def test_only_the_command_line_reads_the_environment() -> None:
    found = [
        place
        for place, node in places(ast.Attribute)
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv", "expandvars")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and not place.startswith("assetstore/cli/")
    ]
    found = [f for f in found if not f.startswith("assetstore/files/user_folders.py")]
    # It writes what its children are to find there.
    assert {place.partition(":")[0] for place in found} == {"store/workers.py"}


def test_the_store_opens_no_document() -> None:
    """It is given who does (`assetstore.store.document_protocol`)."""
    found = [
        place
        for place, node in places(ast.Attribute)
        if isinstance(node, ast.Attribute)
        and node.attr == "open"
        and isinstance(node.value, ast.Name)
        and node.value.id == "Source"
        and place.startswith("store/")
    ]
    assert found == []


def test_documents_name_files_that_are_there() -> None:
    # docs/first-steps.md makes some; its own test follows it.
    named = re.compile(
        r"(?<!A new file, )"
        r"`((?:archiver|assetstore|benchmarks|docs|fixtures|restore|store|tests)/"
        r"[\w./-]+)(?:::\w+)?`"
    )
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    found = {
        (path.name, place)
        for path in documents
        for place in named.findall(path.read_text("utf-8"))
    }
    assert len(found) > 50
    schemas = {("json.md", "assetstore/1"), ("json.md", "assetstore/2")}
    assert [f for f in sorted(found - schemas) if not (ROOT / f[1]).exists()] == []


def test_formats_md_has_every_reason() -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert [why.value for why in Why if f"| {why.value} |" not in text] == []


# What a Python program calls a store is the store with verbs, a subclass of the one in
# `store/`, which knows no documents. Both are a store to those who read them.
TWICE = {"Store": ["assetstore/api/store.py", "store/store.py"]}


def test_a_class_s_name_is_one_class() -> None:
    homes = defaultdict(list)
    for place, tree in MODULES.items():
        for node in tree.body:  # one within another is called by both names
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(place)
    found = {name: sorted(at) for name, at in homes.items() if len(at) > 1}
    assert found == TWICE


@pytest.mark.parametrize("package", sorted({str(Path(p).parent) for p in MODULES}))
def test_a_package_says_what_it_is(package: str) -> None:
    tree = MODULES[f"{package}/__init__.py"]
    assert ast.get_docstring(tree)
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    assert f"`{package}/`" in text, "docs/design.md has no line for it"


# They do one thing. What only counts, or only looks, is given to those who use them, or
# has a class of its own that has the same verbs.
ONE_THING = {"BlobWriter", "Draft", "Session", "Source"}


def test_what_reads_and_writes_is_not_switched_off_by_a_subclass() -> None:
    found = {
        place: base.id
        for place, node in places(ast.ClassDef)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and base.id in ONE_THING
    }
    assert found == {}


# Who opens documents to search any bytes, or a file of ours.
READS_BYTES = {
    "assetstore/documents/find_store.py",
    "assetstore/documents/scan.py",
    "assetstore/purge_targets.py",
    "archiver/find_in_rows.py",
    "restore/extract.py",
}
# What they open are logs, values of databases, and what lies beside documents.
NO_DOCUMENTS = ("assetstore/agents/", "assetstore/files/", "assetstore/rows/")


def test_who_reads_documents_reads_their_text() -> None:
    """In UTF-16 placeholders are other bytes: `open_text` is to be called."""
    found = {
        place.partition(":")[0]
        for place, node in places(ast.Attribute)
        if isinstance(node, ast.Attribute)
        and node.attr == "open"
        and isinstance(node.value, ast.Name)
        and node.value.id == "Source"
    }
    assert {p for p in found if not p.startswith(NO_DOCUMENTS)} == READS_BYTES


CLAUSE = re.compile(r"(What|Whether|How|Where|That|Which|Who|Whose|When|Why)\b")


def test_a_docstring_says_what_a_function_does() -> None:
    """It begins with a verb, or names a thing; a clause alone leaves that open."""
    found = {
        place: text.partition("\n")[0]
        for place, node in places(ast.FunctionDef)
        if isinstance(node, ast.FunctionDef)
        and CLAUSE.match(text := ast.get_docstring(node) or "")
    }
    assert found == {}


def test_a_module_is_no_longer_than_four_hundred_lines() -> None:
    """What is longer holds more than one part, and the parts have names."""
    paths = [*(ROOT / place for place in MODULES), *(ROOT / "benchmarks").glob("*.py")]
    long = {
        str(path): lines
        for path in paths
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}
