"""Words that cannot be meant."""

from pathlib import Path

import pytest

from assetstore.cli import app
from assetstore.cli.words import refuse_no_words
from assetstore.errors import UsageError


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([""], "argument 1 is empty"),
        (["archive", ""], "argument 2, behind 'archive', is empty"),
        (["archive", "--", ""], "argument 3, behind '--', is empty"),
        (["ls", "--store="], "'--store=' has no value"),
        (["cat", "a\0b"], "argument 2 has a character that is no text"),
    ],
)
def test_no_words_are_refused(words: list[str], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_no_words(words)
    assert str(refused.value) == told


@pytest.mark.parametrize(
    "words", [[], [" "], ["archive", "="], ["x=", "--store=a="], ["\udcff", "-"]]
)
def test_others_are_for_the_commands(words: list[str]) -> None:
    refuse_no_words(words)


@pytest.mark.parametrize("words", [["archive", ""], ["archive", "--store=", "a.html"]])
def test_a_variable_that_is_not_set_archives_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    page = home / "a.html"
    page.write_text(f"<img src='data:image/png;base64,{'A' * 4000}'>")
    with pytest.raises(SystemExit) as ended:
        app.main(words)
    assert ended.value.code == 2
    assert "Is a variable not set?" in capsys.readouterr().err
    assert len(page.read_text()) > 4000
    assert [path.name for path in home.iterdir()] == ["a.html"]
