"""Clients that are here, as people and programs read them."""

from pathlib import Path

from assetstore.agents.client_table import KnownClient
from assetstore.agents.found_clients import FoundClient, LookedIn
from assetstore.cli.views.clients import clients_outcome
from support.shown import shown, told

CODEX = KnownClient(
    name="codex",
    title="Codex",
    places=("~/.codex/**",),
    can=("doctor", "rescue", "archive"),
    sure="run",
    versions="1.2",
)
OTHER = KnownClient(name="x", title="X", places=("~/x",), can=(), note="rows stay")


def test_each_client_has_a_row_and_no_folder_makes_another() -> None:
    files = tuple(Path(f"/home/a\x1b[31m\nb/{n}.jsonl") for n in range(1200))
    codex = FoundClient(
        client=CODEX,
        files=files,
        size=4096,
        looked=True,
        pictures=2000,
        taken=1024,
        left=1024,
    )
    other = FoundClient(client=OTHER, files=(Path("/x/a"),), size=1)
    outcome = clients_outcome([codex, other])
    _, first, second, place, note = shown(outcome)
    assert " ".join(first.split()) == (
        "1,200 4.0 KiB 2,000 1.0 KiB 1.0 KiB rescue, archive run on 1.2 Codex"
    )
    assert " ".join(second.split()) == "1 1 B ? ? ? nothing by its source X"
    assert place == "Codex: /home/a\\x1b[31m\\nb"
    assert note == "X: /x; rows stay"
    row, _ = told(outcome)["result"]["clients"]
    assert (row["files"], row["taken_bytes"], row["can"]) == (
        1200,
        1024,
        ["doctor", "rescue", "archive"],
    )


def test_there_is_none() -> None:
    assert shown(clients_outcome([])) == [
        "note: no client that is known has threads here"
    ]
    codex = LookedIn(
        client=CODEX, folder=Path("/h\t/.codex"), variable="CODEX_HOME", more=2
    )
    other = LookedIn(client=OTHER, folder=Path("/x"), variable="", more=0)
    assert shown(clients_outcome([], looked=[codex, other]))[:3] == [
        "looked in:",
        r"  Codex: /h\t/.codex ($CODEX_HOME), and 2 other folders",
        "  X: /x",
    ]
