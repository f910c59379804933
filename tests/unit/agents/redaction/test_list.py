"""The committed list of made-up secrets: all of it is caught, and code stays."""

import pytest

from assetstore.agents.redaction.redact import found_in, redact
from assetstore.agents.redaction.secret_code import CODE, HINTED
from assetstore.agents.redaction.secret_commands import COMMANDS
from assetstore.agents.redaction.secret_forms import FORMS
from assetstore.agents.redaction.secret_input import INPUT
from assetstore.agents.redaction.secret_names import NAMES
from benchmarks.redaction.cases import Case, cases, put
from benchmarks.redaction.corpus import alarms, own
from benchmarks.redaction.growth import units
from benchmarks.redaction.places import QUOTED


@pytest.fixture(scope="module")
def listed() -> list[Case]:
    found = list(cases())
    assert len(found) > 15_000
    return found


def test_all_of_the_list_is_caught(listed: list[Case]) -> None:
    missed = [
        (case.group, case.name) for case in listed if case.stays(redact(case.text))
    ]
    assert missed == []
    for case in listed[::50]:
        once = redact(case.text)
        assert redact(once) == once


def test_each_rule_is_tried_by_the_list(listed: list[Case]) -> None:
    text = "\n\n".join(case.text for case in listed)
    rules = {**FORMS, **NAMES, **COMMANDS, **INPUT, **CODE, **HINTED}
    assert [name for name, rule in rules.items() if not rule.search(text)] == []


def test_a_case_knows_what_stays() -> None:
    """Else all of a list would be caught that is not looked at."""
    case = Case("", "", put(QUOTED["Python"], "h7Kq92mZx4Lp"), "h7Kq92mZx4Lp")
    assert case.stays(case.text)
    assert case.stays("password = '[redacted]92mZx4Lp'")
    assert not case.stays("password = '[redacted]'")
    assert Case("", "", "", "a\nbcdefghij").stays("cdefghij")


def test_this_repository_has_no_false_alarms() -> None:
    files, size, rules = alarms(own())
    assert files > 250
    assert size > 1_500_000
    assert rules.total() <= 2, rules


def test_it_is_told_which_rule_found_something() -> None:
    assert found_in("password = 'h7Kq92mZx4Lp'") == ["quoted value"]
    assert found_in("password = get_password()") == []


@pytest.mark.parametrize("unit", [*units()][::41])
def test_beginnings_without_an_end_come_to_an_end(unit: str) -> None:
    """Time by the square of the length would be an hour."""
    assert redact(unit * (100_000 // len(unit)))
