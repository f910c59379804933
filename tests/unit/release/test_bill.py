"""What a bill names: all that users get, and nothing that tests need."""

from pathlib import Path

import pytest

from release.bill import EXTRAS, LOCK, NAME, installed, needed, pins, write_bill

ROOT = Path(__file__).parents[3]
NEEDS = {
    "top": ["A.b>=1", 'fast[x, y]>=2 ; python_version < "4"', "gone", 'c; extra=="t"'],
    "a-b": ["top", 'd ; extra == "all"'],
    "fast": ['e>=1; extra == "x"', 'f; extra == "z"', "g"],
}


def requires(name: str) -> list[str]:
    return NEEDS.get(name, [])


def test_a_lock_is_read_by_package() -> None:
    text = "a_b==1 \\\n    --hash=x\nc==1 ; python_version < '3'\nc==2 ; else\n"
    assert pins(text) == {
        "a-b": "a_b==1 \\\n    --hash=x",
        "c": "c==1 ; python_version < '3'\nc==2 ; else",
    }


def test_what_extras_of_others_bring_counts() -> None:
    locked = dict.fromkeys(["a-b", "fast", "c", "d", "e", "f", "g", "pytest"], "")
    assert needed("top", (), locked, requires) == ["a-b", "e", "fast", "g"]
    assert "c" in needed("top", ["t"], locked, requires)


def test_the_lock_pins_what_users_get_and_tests_need_more() -> None:
    locked = pins((ROOT / LOCK).read_text("utf-8"))
    names = set(needed(NAME, EXTRAS, locked, installed))
    assert {"pillow", "numpy", "lepton-jpeg-python", "mcp", "cryptography"} <= names
    assert {"pytest", "hypothesis", "lxml"} <= set(locked) - names
    assert all("--hash=sha256:" in locked[name] for name in names)


def test_a_lock_that_lacks_a_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("pillow==1 \\\n    --hash=sha256:00\n")
    with pytest.raises(ValueError, match=r"does not pin .*blake3"):
        write_bill(tmp_path, tmp_path / "bill.json")
