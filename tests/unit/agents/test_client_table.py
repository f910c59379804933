"""What is said of clients is about commands and formats that there are."""

from assetstore.agents.client_table import CLIENTS
from assetstore.agents.thread_clients import THREAD_CLIENTS
from assetstore.cli import COMMANDS
from assetstore.formats.registry import home_shapes


def test_each_is_there_once() -> None:
    names = [client.name for client in CLIENTS]
    assert len(names) == len(set(names))
    places = [place for client in CLIENTS for place in client.places]
    assert len(places) == len(set(places))


def test_what_can_be_done_are_commands_and_else_the_reason_is_told() -> None:
    for client in CLIENTS:
        assert set(client.can) <= set(COMMANDS)
        assert client.can or client.note


def test_all_can_be_done_only_with_what_was_run() -> None:
    whole = {client.name for client in CLIENTS if "handoff" in client.can}
    assert whole == {client.name for client in THREAD_CLIENTS}
    assert whole == set(home_shapes())
    for client in CLIENTS:
        assert client.sure == "run" or "rescue" not in client.can


def test_the_versions_that_were_run_are_named() -> None:
    for client in CLIENTS:
        assert bool(client.versions) == (client.sure == "run")
        assert client.known.startswith(client.sure)


def test_their_variables_are_those_of_their_homes() -> None:
    for name, shape in home_shapes().items():
        (client,) = (client for client in CLIENTS if client.name == name)
        usual = f"~/{shape.name}".removesuffix(f"/{shape.inside}")
        within = f"/{shape.inside}".rstrip("/")
        home = f"{{{shape.variable}|{usual}}}{within}/"
        assert client.places[0].startswith(home)
