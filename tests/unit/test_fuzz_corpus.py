"""Every input of the fuzzers' corpus, once through its target, without a fuzzer."""

from pathlib import Path

import pytest

from fuzz.targets import TARGETS

CORPUS = Path(__file__).parents[1] / "fuzz" / "corpus"
INPUTS = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_an_input_breaks_nothing(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


def test_every_target_has_inputs_of_a_few_kilobytes() -> None:
    assert {path.parent.name for path in INPUTS} == set(TARGETS)
    for target in TARGETS:
        sizes = [path.stat().st_size for path in INPUTS if path.parent.name == target]
        assert sum(sizes) < 16 << 10
