"""On which line a key of a TOML text stands."""

from assetstore.config.lines import key_lines


def test_lines_of_keys_in_any_order() -> None:
    text = '[a.b]\nc = """\nd = 1\n"""\n\n[a]\n# x\n"e f" = {g = 1}\n[[h]]\ni=1\n'
    lines = key_lines(text)
    assert lines["a", "b", "c"] == 2
    assert lines["a", "e f"] == lines["a", "e f", "g"] == 8
    assert lines[("h",)] == 9


def test_lines_that_end_as_on_windows() -> None:
    lines = key_lines('[gc]\r\n# x\r\nkeep_last = 2\r\ngrace = "1d"\r\n')
    assert (lines["gc", "keep_last"], lines["gc", "grace"]) == (3, 4)


def test_a_text_of_too_many_lines_has_none() -> None:
    assert key_lines("a = 1\n" + "\n" * 998)["a",] == 1
    assert key_lines("a = 1\n" + "\n" * 1000) == {}


def test_a_text_that_is_never_whole_has_none() -> None:
    assert key_lines("a = [\n1,\n") == {}
    assert key_lines("") == {}
