"""The public names, and the examples in docstrings and in docs/api.md."""

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import assetstore
from assetstore import api
from assetstore.archiver.run import archive_paths
from assetstore.store.store import Store as BaseStore
from support.page import PAGE

ROOT = Path(__file__).parents[2]
# The names of the package


def test_every_public_name_is_there_and_documented() -> None:
    for name in assetstore.__all__:
        value = getattr(assetstore, name)
        assert name == "__version__" or value.__doc__, name
    assert set(assetstore.__all__) <= set(dir(assetstore))


def test_type_checkers_read_the_same_names() -> None:
    tree = ast.parse(Path(assetstore.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    read = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        (alias,) = node.names
        assert alias.asname == alias.name
        read[alias.name] = (node.module or "").removeprefix("assetstore.")
    verbs = {name: module for name, (module, _) in assetstore._VERBS.items()}
    assert read == assetstore._HOME | verbs


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        assetstore.nonsense  # noqa: B018


def test_the_api_brings_no_command_line() -> None:
    code = (
        "import sys, assetstore\n"
        "[getattr(assetstore, name) for name in assetstore.__all__]\n"
        "print(*{'click', 'tqdm'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", sorted(assetstore._VERBS))
def test_a_function_that_is_a_verb_by_now_says_so(name: str) -> None:
    module, verb = assetstore._VERBS[name]
    with pytest.warns(DeprecationWarning, match=rf"{name} is deprecated.*{verb}$"):
        value = getattr(assetstore, name)
    assert value is getattr(importlib.import_module(f"assetstore.{module}"), name)
    method = verb.removeprefix("Store.")
    assert callable(getattr(assetstore.Store, method))
    assert name not in assetstore.__all__


def test_an_import_of_one_warns_where_it_stands() -> None:
    with pytest.warns(DeprecationWarning, match="archive_paths") as warned:
        from assetstore import archive_paths as found
    assert found is archive_paths
    assert {warning.filename for warning in warned} == {__file__}


def test_no_verb_hides_what_a_store_has() -> None:
    parts = [
        cls
        for cls in assetstore.Store.__mro__
        if cls.__module__.startswith("assetstore.api")
    ]
    verbs = {name for cls in parts for name in vars(cls) if name[0] != "_"}
    verbs.add("_named")
    assert len(verbs) > 20
    assert [name for name in sorted(verbs) if hasattr(BaseStore, name)] == []


# The examples


def examples() -> Iterator[doctest.DocTest]:
    """Those in the docstrings of the package, and the first part of docs/api.md."""
    for module in pkgutil.iter_modules(api.__path__, "assetstore.api."):
        for found in doctest.DocTestFinder().find(importlib.import_module(module.name)):
            if found.examples:
                yield found
    text = (ROOT / "docs" / "api.md").read_text("utf-8").partition("<!-- verbs -->")[0]
    blocks = "".join(re.findall(r"^```pycon\n(.*?)^```", text, re.M | re.S))
    yield doctest.DocTestParser().get_doctest(blocks, {}, "docs/api.md", None, 0)


EXAMPLES = {test.name: test for test in examples()}


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 15
    assert len(EXAMPLES["docs/api.md"].examples) > 15


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_is_true(name: str, here: Path) -> None:
    Path("page.html").write_bytes(PAGE)
    test = EXAMPLES[name]
    with assetstore.Store.open("pictures", create=True) as store:
        if name != "docs/api.md":
            test.globs = {"assetstore": assetstore, "store": store, "Path": Path}
        told: list[str] = []
        failed, tried = doctest.DocTestRunner().run(test, out=told.append)
    assert tried
    assert not failed, "".join(told)


def test_an_example_that_is_false_is_found(here: Path) -> None:
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "x", None, 0)
    assert doctest.DocTestRunner().run(test, out=lambda text: None).failed == 1
