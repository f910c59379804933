"""Who wrote to a store, as people and programs read it."""

from assetstore.cli.views.writers import described, taken_outcome, writers_outcome
from assetstore.documents.writers import WriterInfo
from support.shown import shown, told

OWN = WriterInfo(
    id="a" * 32, own=True, documents=1200, here=3, last=1e9, example="/home/me/a"
)
OTHER = WriterInfo(
    id="b" * 32, own=False, documents=1, here=0, last=2e9, example="/x\x1b[31m\ny"
)


def test_each_writer_has_a_row_and_no_name_makes_another() -> None:
    lines = shown(writers_outcome([OWN, OTHER]))
    assert len(lines) == 3
    assert lines[1].split() == [
        *("aaaaaaaaaaaa", "this", "one", "1,200", "3", "2001-09-09", "/home/me/a"),
    ]
    assert lines[2].endswith(r"/x\x1b[31m\ny")
    assert "this one" not in lines[2]


def test_programs_get_whole_ids_and_times() -> None:
    first, second = told(writers_outcome([OWN, OTHER]))["result"]["writers"]
    assert (first["id"], first["last"]) == ("a" * 32, "2001-09-09T01:46:40Z")
    assert second["example"] == OTHER.example


def test_nobody_wrote() -> None:
    assert shown(writers_outcome([])) == ["note: nobody has archived a document here"]


def test_a_writer_in_words() -> None:
    assert described(OTHER) == (
        "writer bbbbbbbbbbbb claims the media of 1 document (0 of them here as they "
        r"were archived); the last one 2033-05-18 03:33:20 +0000: /x\x1b[31m\ny"
    )


def test_what_was_done_with_claims() -> None:
    adopted = taken_outcome(OTHER, 2, adopted=True)
    assert shown(adopted) == ["adopted what bbbbbbbbbbbb claimed: 2 documents"]
    assert told(adopted)["result"] == {
        "writer": "b" * 32,
        "documents": 2,
        "adopted": True,
    }
    released = shown(taken_outcome(OTHER, 1, adopted=False))
    assert released == ["released what bbbbbbbbbbbb claimed: 1 document"]
