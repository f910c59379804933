"""A string being searched for, and how often it came to nothing in a row."""

from assetstore.archiver.scan.needle import NEVER, Needle


def nothing(at: int) -> None:
    return None


def needle(text: bytes = b"as1:") -> Needle:
    return Needle(text, nothing, None, soft=False)


def test_what_comes_to_nothing_near_by_is_counted() -> None:
    found = needle()
    for at in (0, 10, 200, 455):
        found.fails(at)
    assert (found.vain, found.last) == (4, 455)


def test_one_that_is_far_off_begins_anew() -> None:
    found = needle()
    for at in (0, 10, 20):
        found.fails(at)
    found.fails(20 + 256)
    assert (found.vain, found.last) == (0, 276)
    found.fails(280)
    assert found.vain == 1


def test_it_knows_its_own_length_and_takes_no_room_for_more() -> None:
    found = needle(b"data:")
    assert (found.size, found.vain) == (5, 0)
    assert found.look(3) is None
    assert not hasattr(found, "__dict__"), "there is one for each byte that is met"


def test_never_is_behind_every_document() -> None:
    assert NEVER > 1 << 60
