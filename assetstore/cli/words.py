"""Words of a command line that cannot be meant."""

from collections.abc import Sequence

from assetstore.errors import UsageError


def refuse_no_words(words: Sequence[str]) -> None:
    """Refuse a word that is empty, or that no system could have handed over.

    An empty one is what a shell makes of a variable that is not set. As a path it would
    be the current folder with all that is in it, and as ``--store`` the usual store.

    Raises:
        UsageError: There is one.
    """
    for number, word in enumerate(words, 1):
        if not word:
            before = f", behind {words[number - 2]!r}," if number > 1 else ""
            raise UsageError(
                f"argument {number}{before} is empty",
                hint="Is a variable not set? The current folder is '.'.",
            )
        if word.startswith("--") and word.find("=") == len(word) - 1:
            raise UsageError(
                f"{word!r} has no value",
                hint="Is a variable not set? Else leave it out.",
            )
        if "\0" in word:
            raise UsageError(f"argument {number} has a character that is no text")
