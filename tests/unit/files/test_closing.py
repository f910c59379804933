"""What is closed behind a block, however that ends."""

import pytest

from assetstore.files.closing import Closing
from assetstore.store.store import Store


class Held(Closing):
    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_it_is_its_own_context_and_closed_once() -> None:
    held = Held()
    with held as inner:
        assert inner is held
        assert held.closed == 0
    assert held.closed == 1


def test_an_error_closes_it_and_is_not_swallowed() -> None:
    held = Held()
    with pytest.raises(ZeroDivisionError), held:
        _ = 1 / 0
    assert held.closed == 1


def test_who_does_not_say_how_is_told() -> None:
    with pytest.raises(NotImplementedError), Closing():
        pass


def test_a_store_is_one() -> None:
    assert issubclass(Store, Closing)
    assert not hasattr(Closing(), "__dict__"), "it takes no room in what has slots"
