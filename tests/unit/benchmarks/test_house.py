"""The counting of `benchmarks.house`, on code made for it."""

import ast
import textwrap
from pathlib import Path

import pytest

from benchmarks import house
from benchmarks.way import follow

ONE = '''\
"""A module."""

from typing import TYPE_CHECKING

from assetstore import two

if TYPE_CHECKING:
    from assetstore.deep.three import Three


# one comment
class Three:
    """A class."""

    def what(self) -> int:
        """What it is."""
        # another
        return 1

    def _hidden(self) -> int:
        return 1


def late() -> int:
    """Import late."""
    from assetstore.deep import three  # noqa: F401

    def inner() -> int:
        return 1

    return inner()
'''
TREE = {
    "__init__.py": "",
    "one.py": ONE,
    "two.py": "def bare(): ...\n",
    "deep/__init__.py": "import assetstore.two\n",
    "deep/three.py": "from assetstore import one\n\nclass Three: ...\n",
    "cli.py": """\
        from dataclasses import dataclass

        @dataclass
        class Kept:
            word: str

        def decorated(function):
            return function

        @decorated
        def main():
            import sys
            from assetstore.two import bare

            def inner():
                bare()
                return Kept(sys.argv[1])

            assert [inner() for _ in range(2)]
            later()
            sys.exit(int(sys.argv[1] != "word"))

        def later():
            bare = (lambda: decorated(None))()

        def never(): ...
        """,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        path = tmp_path / "assetstore" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return tmp_path


# What ruff says to them: ruff check --select C901, with max-complexity = 0.
@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("pass", 1),
        ("if a: pass\nelif b: pass\nelse: pass", 3),
        ("if a and b or c: return [x for x in y if x]", 2),
        ("for x in y: pass\nelse: pass\nwhile z: pass", 3),
        ("try: pass\nexcept A: pass\nexcept B: pass\nelse: pass\nfinally: pass", 4),
        ("with a, b: pass", 1),
        ("match a:\n case 1: pass\n case 2 | 3: pass", 3),
        ("match a:\n case 1: pass\n case _: pass", 2),
        ("match a:\n case 1: pass\n case _ if b: pass", 3),
        ("def g():\n  if a: pass", 3),
        ("class G:\n  def g(self): pass", 2),
    ],
)
def test_branches_are_ruff_s(body: str, number: int) -> None:
    module = ast.parse("def f():\n" + textwrap.indent(body, "    "))
    assert house.branches(module) == number


def test_a_module_is_read(tree: Path) -> None:
    modules = house.read(tree)
    assert set(modules) == {
        "assetstore",
        "assetstore.cli",
        "assetstore.deep",
        "assetstore.deep.three",
        "assetstore.one",
        "assetstore.two",
    }
    one = modules["assetstore.one"]
    assert one.lines == len(ONE.splitlines())
    assert one.comments == 2
    assert one.classes == {"Three"}
    assert one.imports == {
        ("assetstore.two", "loaded"),
        ("assetstore.deep.three", "called"),
        ("assetstore.deep.three", "types"),
    }
    assert modules["assetstore.deep"].needs("loaded") == {"assetstore.two"}
    assert [(f.name, f.public, f.lines, f.commented) for f in one.functions] == [
        ("Three.what", True, 4, True),
        ("Three._hidden", False, 2, False),
        ("late", True, 8, False),  # what it holds is for ruff
        ("late.inner", False, 2, False),
    ]


def test_what_is_written_is_counted(tree: Path) -> None:
    figures = house.written(house.read(tree))
    assert figures["modules"] == "6"
    assert figures["functions"] == "10"
    assert figures["public functions without a docstring"] == "5"
    assert figures["names of classes in more than one module"] == "1"
    assert figures["modules with one importer"] == "2"  # one, three
    assert figures["cycles of imports, at loading"] == "0"
    assert figures["... with imports in functions"] == "1"


def test_cycles_are_groups() -> None:
    graph = {"a": "b", "b": "ac", "c": "d", "d": "c", "e": "a", "f": ""}
    found = house.cycles({name: frozenset(to) for name, to in graph.items()})
    assert found == {frozenset("ab"), frozenset("cd")}


def test_packages_behind_links_are_read(tree: Path) -> None:
    (tree / "assetstore" / "deep").rename(tree / "deep")
    try:
        (tree / "assetstore" / "deep").symlink_to(tree / "deep")
    except OSError:
        pytest.skip("no symbolic links here")
    assert "assetstore.deep.three" in house.read(tree)


def test_what_ran_is_a_tree(tree: Path, tmp_path: Path) -> None:
    way = follow(tree, ["word"], tmp_path)
    assert list(way.tree()) == [
        "cli:decorated",
        "cli:main",
        "  cli:main.inner",
        "    two:bare",
        "  cli:later",
    ]
    assert (way.modules, way.imported) == (2, 3)


def test_a_command_that_fails_is_told(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="other: exit code 1"):
        follow(tree, ["other"], tmp_path)
