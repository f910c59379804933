"""What is asked of an index for each platform, and what is said of it."""

import sys

import pytest

from benchmarks import wheels
from benchmarks.wheels import EXTRAS, PLATFORMS, Answer, answer, document, pythons


def test_all_that_is_installed_is_asked_for() -> None:
    needed = wheels.requirements()
    assert set(needed) == {"", *EXTRAS}
    assert all(needed.values())
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert here in pythons()
    assert len(pythons()) > 2


def test_what_has_no_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(
        needed: list[str], platform: str, python: str
    ) -> tuple[dict[str, str], str]:
        if any(each.startswith("lepton") for each in needed):
            return {}, "error: No solution"
        return {each.partition(">")[0]: "1.0" for each in needed}, ""

    monkeypatch.setattr(wheels, "resolved", resolved)
    found = answer("x86_64-apple-darwin", "3.11")
    (lepton,) = found.lacking["codecs"]
    assert lepton.startswith("lepton-jpeg-python")
    assert found.pins["numpy"] == "1.0"


def test_what_fails_as_a_whole_alone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        wheels,
        "resolved",
        lambda needed, *where: ({}, "error: they clash\nmore" if needed[1:] else ""),
    )
    assert answer("windows", "3.14").lacking == {"": ["error: they clash"]}


def test_the_page_has_a_row_for_each_platform() -> None:
    versions = ["3.11", "3.12"]
    found = {
        (name, python): Answer(
            {"numpy": python, "click": "8"},
            {"codecs": ["lepton"]} if "musl" in name else {},
        )
        for name in PLATFORMS
        for python in versions
    }
    text = document(found, versions)
    assert "| Linux x86_64, musl | codecs: lepton | codecs: lepton |" in text
    assert "| Windows amd64 | all | all |" in text
    assert "- numpy: 3.11, 3.12" in text
    assert "click" not in text
