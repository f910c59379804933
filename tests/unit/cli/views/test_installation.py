"""What ``assetstore check`` prints."""

from assetstore.cli.installation import Checked
from assetstore.cli.views.installation import installation_outcome
from support.shown import shown, told

CHECKS = [
    Checked(name="locks", state="ok", what="they hold"),
    Checked(name="extra mcp", state="note", what="not installed", hint="Install it."),
    Checked(name="clocks", state="wrong", what="years behind", hint="Set the clock."),
]


def test_what_is_wrong_is_an_error_and_4() -> None:
    outcome = installation_outcome(CHECKS)
    assert outcome.exit_code == 4
    assert [(e.message, e.hint) for e in outcome.errors] == [
        ("clocks: years behind", "Set the clock.")
    ]
    lines = shown(outcome)
    assert lines[0] == "ok    locks: they hold"
    assert lines[1:3] == ["note  extra mcp: not installed", "      Install it."]
    assert "3 parts looked at: 1 wrong" in lines
    result = told(outcome)["result"]
    assert (result["wrong"], len(result["checks"])) == (1, 3)


def test_all_works() -> None:
    outcome = installation_outcome(CHECKS[:2])
    assert (outcome.exit_code, list(outcome.errors)) == (0, [])
    assert shown(outcome)[-1] == "2 parts looked at: all works"
