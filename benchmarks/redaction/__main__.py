"""What `redact` finds of a list of made-up secrets, and what it takes for one.

    python -m benchmarks.redaction [--quick] [--cases] [--cache FOLDER]

Prints a table of the list (all of it should be caught), one of false alarms in code that
is published, and how time grows for texts that are made to be slow. Packages come from
PyPI and npm once, and are passed over offline; ``--quick`` leaves them out, and most of
the slow texts. ``--cases`` prints each case that slips through. Exits with 1 where one
does, or where four times the text takes more than eight times as long.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

import platformdirs

from assetstore.agents.redaction.redact import redact
from benchmarks.redaction.cases import cases
from benchmarks.redaction.corpus import alarms, own, published, standard_library
from benchmarks.redaction.growth import MOST, growth, units

# Below this many seconds nothing is told of growth.
_LEAST = 0.1


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cases", action="store_true", help="print what slips through")
    cache = Path(platformdirs.user_cache_dir("assetstore-benchmarks")) / "redaction"
    parser.add_argument("--cache", type=Path, default=cache)
    given = parser.parse_args()
    missed = _list(tell=given.cases)
    _alarms(given.cache, quick=given.quick)
    slow = _growth(quick=given.quick)
    sys.exit(bool(missed or slow))


def _list(*, tell: bool) -> int:
    tried, missed = Counter[str](), Counter[str]()
    for case in cases():
        tried[case.group] += 1
        if case.stays(redact(case.text)):
            missed[case.group] += 1
            if tell:
                print(f"{case.group}: {case.name}: {case.text[:200]!r}")
    print("| Secrets | Cases | Caught |", "|---|---:|---:|", sep="\n")
    for group, count in tried.items():
        print(f"| {group} | {count:,} | {1 - missed[group] / count:.1%} |")
    total, lost = tried.total(), missed.total()
    print(f"\n| redaction: made-up secrets, and missed | {total:,} | {lost:,} |\n")
    return lost


def _alarms(cache: Path, *, quick: bool) -> None:
    print("| Code | Files | MB | False alarms | a MB | Most by |")
    print("|---|---:|---:|---:|---:|---|")
    sources = [("this repository", own()), ("Python's library", standard_library())]
    if not quick:
        sources += published(cache)
    size = total = 0
    for name, texts in sources:
        files, characters, rules = alarms(texts)
        most = ", ".join(f"{rule} {count}" for rule, count in rules.most_common(2))
        alarmed = rules.total()
        size, total = size + characters, total + alarmed
        each = alarmed / (characters / 1e6)
        print(
            f"| {name} | {files:,} | {characters / 1e6:.1f} | {alarmed} "
            f"| {each:.1f} | {most} |",
            flush=True,
        )
    print(f"\n{total} false alarms in {size / 1e6:.0f} MB of code\n")


def _growth(*, quick: bool) -> int:
    worst, slow, tried = (0.0, ""), 0, 0
    for unit in [*units()][:: 12 if quick else 1]:
        short, long = growth(unit)
        tried += 1
        factor = long / max(short, 1e-3)
        if long < _LEAST:
            continue
        worst = max(worst, (factor, unit))
        if factor > MOST:
            slow += 1
            print(f"{short:.2f} s, then {long:.2f} s: {unit[:60]!r}")
    print(
        f"| redaction: texts made to be slow, and slower than linear | {tried:,} | {slow} |"
    )
    print(
        f"\nFour times the text took {worst[0]:.1f} times as long at most: {worst[1][:40]!r}"
    )
    return slow


if __name__ == "__main__":
    main()
