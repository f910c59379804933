"""The structure of the code in figures, and the way of one command through it.

    python -m benchmarks.house [--against CHECKOUT]
    python -m benchmarks.house --way archive|restore
    python -m benchmarks.house --branches

Prints a table in Markdown. What it counts:

- Lines are all lines of a file; those of a function go from its ``def`` to its end.
- Lines of comment hold a comment and nothing else. Words to a tool (``noqa`` and the
  like) explain nothing, and are not counted.
- Branches are McCabe's cyclomatic number (A Complexity Measure, IEEE Transactions on
  Software Engineering 2, 1976) as ruff's rule C901 takes it: one, and one more for each
  ``if``, ``elif``, loop, ``except``, ``else`` of a ``try``, ``case`` and function inside;
  ``with``, comprehensions, ``and`` and ``or`` are none.
- Importers are modules with an import anywhere in them, in a function or for types alone.
  Imports of a name that is made up at run time are not seen. Cycles are counted twice:
  of what is imported when a module is loaded, and with the imports in functions.
- The way of a command: it runs in a fresh process of its own, on a small log of Codex
  with two pictures. Counted are functions with a ``def`` of their own that ran, once
  each, with those that ran while modules were loaded, and the modules these are in.

``--way`` prints the tree of these calls: each function below the one that called it
first. ``--branches`` lists the functions with more than ten branches.
"""

import argparse
import ast
import os
import re
import statistics
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.way import COMMANDS, PACKAGE, ways

ROOT = Path(__file__).parents[1]
LONG, MANY = 400, 10
_CLAUSE = re.compile(r"(What|Whether|How|Where|Which|Who|Whose|When|Why)\b")
_TOOLS = re.compile(r"#\s*(noqa|type:|pragma|fmt:|pyright:)")
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
When = Literal["loaded", "called", "types"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function, as it is written.

    Attributes:
        name: Its name, with those of the classes and functions around it.
        public: It is in no function, and none of these names begins with "_".
        lines: How long it is.
        branches: McCabe's number.
        commented: A comment is in it.
        docstring: Or "".
    """

    name: str
    public: bool
    lines: int
    branches: int
    commented: bool
    docstring: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module, as it is written.

    Attributes:
        lines: How many it has.
        comments: How many of them are comments.
        functions: All functions, those in classes and functions too.
        classes: The names of its classes.
        imports: What it imports of ours, and when that happens.
    """

    lines: int
    comments: int
    functions: tuple[Function, ...]
    classes: frozenset[str]
    imports: frozenset[tuple[str, When]]

    def needs(self, *when: When) -> frozenset[str]:
        """What it imports of ours at these times."""
        return frozenset(name for name, at in self.imports if at in when)


def branches(function: ast.AST) -> int:
    """McCabe's number of a function, as ruff's C901 has it."""
    number = 0
    for node in ast.walk(function):
        if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While, *_FUNCTION)):
            number += 1  # the function itself is the one that all have
        elif isinstance(node, (ast.Try, ast.TryStar)):
            number += len(node.handlers) + bool(node.orelse)
        elif isinstance(node, ast.Match):
            last = node.cases[-1]
            rest = isinstance(last.pattern, ast.MatchAs) and not last.pattern.pattern
            number += len(node.cases) - (rest and not last.guard)  # "case _" is an else
    return number


def comments(path: Path) -> dict[int, bool]:
    """The lines with a comment; true where they hold nothing else."""
    with tokenize.open(path) as file:
        return {
            token.start[0]: token.line.lstrip().startswith("#")
            for token in tokenize.generate_tokens(file.readline)
            if token.type == tokenize.COMMENT and not _TOOLS.match(token.string)
        }


def functions(
    node: ast.AST, told: dict[int, bool], prefix: str = "", public: bool = True
) -> Iterator[Function]:
    """All functions below a node, with those inside of them."""
    for child in ast.iter_child_nodes(node):
        inner, seen = prefix, public
        if isinstance(child, (*_FUNCTION, ast.ClassDef)):
            inner = f"{prefix}{child.name}."
            seen = public and not child.name.startswith("_")
        if isinstance(child, _FUNCTION):
            end = child.end_lineno or child.lineno
            yield Function(
                name=inner[:-1],
                public=seen,
                lines=end - child.lineno + 1,
                branches=branches(child),
                commented=any(child.lineno <= line <= end for line in told),
                docstring=ast.get_docstring(child) or "",
            )
            seen = False
        yield from functions(child, told, inner, seen)


def imports(
    node: ast.AST, names: frozenset[str], when: When = "loaded"
) -> Iterator[tuple[str, When]]:
    """The modules of these names that are imported below a node, and when."""
    for child in ast.iter_child_nodes(node):
        found: list[str] = []
        if isinstance(child, ast.Import):
            found = [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom) and child.module:
            deep = [f"{child.module}.{alias.name}" for alias in child.names]
            found = [name if name in names else child.module for name in deep]
        yield from ((name, when) for name in found if name in names)
        at = when
        if isinstance(child, _FUNCTION) and when == "loaded":
            at = "called"
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            at = "types"
        yield from imports(child, names, at)


def read(tree: Path) -> dict[str, Module]:
    """Read all modules of a checkout, by name; packages behind links are some, too."""
    paths: dict[str, Path] = {}
    for folder, _, files in os.walk(tree / PACKAGE, followlinks=True):
        for path in (Path(folder, file) for file in files if file.endswith(".py")):
            parts = path.relative_to(tree).with_suffix("").parts
            paths[".".join(parts).removesuffix(".__init__")] = path
    modules: dict[str, Module] = {}
    for name, path in sorted(paths.items()):
        text = path.read_text("utf-8")
        node, told = ast.parse(text), comments(path)
        every = ast.walk(node)
        modules[name] = Module(
            lines=len(text.splitlines()),
            comments=sum(told.values()),
            functions=tuple(functions(node, told)),
            classes=frozenset(n.name for n in every if isinstance(n, ast.ClassDef)),
            imports=frozenset(imports(node, frozenset(paths))),
        )
    return modules


def cycles(graph: dict[str, frozenset[str]]) -> set[frozenset[str]]:
    """Groups of modules each of which reaches all others of its group."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        reached[start], left = set(), [*graph[start]]
        while left:
            if (name := left.pop()) not in reached[start]:
                reached[start].add(name)
                left += graph[name]
    groups = {
        frozenset(other for other in reached[name] if name in reached[other])
        for name in graph
    }
    return groups - {frozenset()}


def middle_and_most(numbers: list[int]) -> str:
    """The median and the largest, for one cell of the table."""
    return f"{statistics.median(numbers):.0f}, {max(numbers)}"


def share(part: int, whole: int) -> str:
    """A percentage."""
    return f"{100 * part / max(1, whole):.1f} %"


def written(modules: dict[str, Module]) -> dict[str, str]:
    """The figures of the code as it is written, by what the table calls them."""
    every = [f for m in modules.values() for f in m.functions]
    lengths = [m.lines for m in modules.values()]
    remarks = sum(m.comments for m in modules.values())
    hard = [f for f in every if f.branches > MANY]
    own = [f for f in every if f.public and not f.name.endswith("__")]
    texts = [f.docstring for f in every if f.docstring]
    clauses = sum(bool(_CLAUSE.match(text)) for text in texts)
    classes = Counter(name for m in modules.values() for name in m.classes)
    importers = Counter(
        n for m in modules.values() for n in m.needs("loaded", "called", "types")
    )
    loading = cycles({name: m.needs("loaded") for name, m in modules.items()})
    running = cycles({name: m.needs("loaded", "called") for name, m in modules.items()})
    rows: dict[str, object] = {
        "modules": len(modules),
        "lines": f"{sum(lengths):,}",
        "lines of a module, median and longest": middle_and_most(lengths),
        f"modules over {LONG} lines": sum(n > LONG for n in lengths),
        "functions": f"{len(every):,}",
        "lines of a function, median and longest": middle_and_most(
            [f.lines for f in every]
        ),
        "lines that are comments": share(remarks, sum(lengths)),
        "functions with more than ten branches": len(hard),
        "... without a comment": sum(not f.commented for f in hard),
        "public functions without a docstring": sum(not f.docstring for f in own),
        "docstrings of functions that are a clause (What, Whether, How ...)": share(
            clauses, len(texts)
        ),
        "names of classes in more than one module": sum(
            number > 1 for number in classes.values()
        ),
        "modules with one importer": sum(n == 1 for n in importers.values()),
        "cycles of imports, at loading": len(loading),
        "... with imports in functions": len(running),
    }
    return {label: str(figure) for label, figure in rows.items()}


def figures(tree: Path) -> dict[str, str]:
    """All figures of a checkout, by what the table calls them."""
    rows = written(read(tree))
    for command, way in ways(tree).items():
        rows[f"{command} FILE: modules that ran"] = str(way.modules)
        rows[f"{command} FILE: functions that ran"] = str(len(way.callers))
        rows[f"{command} FILE: modules imported"] = str(way.imported)
    return rows


def main() -> None:
    """Print the table, or what was asked for in its place."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--way", choices=COMMANDS)
    parser.add_argument("--branches", action="store_true")
    given = parser.parse_args()
    if given.way:
        print("\n".join(ways(ROOT)[given.way].tree()))
    elif given.branches:
        print("| function | branches | lines | comment |\n|---|---:|---:|---|")
        for name, module in read(ROOT).items():
            for f in (f for f in module.functions if f.branches > MANY):
                told = "yes" if f.commented else "no"
                print(f"| {name}:{f.name} | {f.branches} | {f.lines} | {told} |")
    else:
        trees = {"this": ROOT} | ({"other": given.against} if given.against else {})
        columns = [figures(tree) for tree in trees.values()]
        print(f"| | {' | '.join(trees)} |\n|---|{'---:|' * len(trees)}")
        for label in columns[0]:
            print(f"| {label} | {' | '.join(column[label] for column in columns)} |")


if __name__ == "__main__":
    main()
