"""People at a door: with and without somebody who lets them in."""

from pathlib import Path

import pytest

from simulators.door.cards import Card, read_cards
from simulators.door.people import MOST_WAITING
from simulators.errors import BadOptions
from simulators.osdp.peripheral import OFFLINE_S
from simulators.osdp.words import Reply
from tests.simulators.thresholds import DoorOnBench


def said(bench: DoorOnBench, reply: Reply) -> list[bytes]:
    return [frame.data for frame in bench.polled() if frame.code == reply]


def test_a_known_card_is_read_and_its_holder_passes_when_let_in() -> None:
    bench = DoorOnBench()
    bench.polled()
    bench.door.happen("card-known")
    bench.let(0.8)
    assert said(bench, Reply.RAW) == [
        b"\0\1" + (26).to_bytes(2, "little") + Card.parse("123,45678").wiegand()
    ]
    bench.output()
    bench.until(lambda: bench["passed"] == 1)
    assert (bench["gave_up"], bench["cards_presented"], bench["keys_pressed"]) == (0, 1, 0)


def test_a_pin_comes_key_by_key_and_ends_with_the_hash_key() -> None:
    bench = DoorOnBench()
    bench.polled()
    bench.door.happen("card-then-pin")
    bench.let(3)
    assert said(bench, Reply.KEYPAD) == [b"\0\1" + key for key in (b"2", b"4", b"6", b"8", b"\r")]


def test_a_strangers_card_is_none_of_the_known() -> None:
    bench = DoorOnBench()
    bench.polled()
    bench.door.happen("card-unknown")
    bench.let(0.8)
    [card] = said(bench, Reply.RAW)
    assert card[4:] != Card.parse("123,45678").wiegand()
    bench.until(lambda: bench["gave_up"] == 1)


def test_a_card_that_nobody_asks_for_is_not_kept_for_later() -> None:
    bench = DoorOnBench()
    bench.door.happen("card-known")
    bench.let(1)
    assert said(bench, Reply.RAW) == []
    bench.door.happen("card-known")
    bench.until(lambda: bench["cards_presented"] == 2)
    bench.let(OFFLINE_S)
    assert not bench["online"]
    assert said(bench, Reply.RAW) == []


def test_a_full_doorstep_turns_people_away() -> None:
    bench = DoorOnBench()
    for _ in range(MOST_WAITING + 3):
        bench.door.happen("card-known")
    assert bench["waiting"] == MOST_WAITING


def test_people_come_by_themselves_and_the_same_seed_brings_the_same() -> None:
    benches = [DoorOnBench(passes_per_hour=120, seed=7) for _ in range(2)]
    for bench in benches:
        bench.output(seconds=0)
        bench.let(3600)
        assert 80 < bench["passed"] < 160
    assert benches[0].door.inspect() == benches[1].door.inspect()


@pytest.mark.parametrize(
    ("written", "bits", "number"),
    [
        (8101234, 26, 8101234),
        ("123,45678", 26, 123 << 16 | 45678),
        ("w34:8101234", 34, 8101234),
        ("1000,45678", 34, 1000 << 16 | 45678),
        (0xFFFFFFFF, 34, 0xFFFFFFFF),
    ],
)
def test_cards_are_read_as_they_are_written(written: int | str, bits: int, number: int) -> None:
    assert Card.parse(written) == Card(bits=bits, number=number)


@pytest.mark.parametrize(
    "written", ["", "card", "w26:99999999", "70000,1", "1,70000", 1 << 32, -1, "1,2/x", "w56:1"]
)
def test_cards_that_no_reader_reads_are_named(written: int | str) -> None:
    with pytest.raises(BadOptions, match="card"):
        Card.parse(written)


def test_parity_covers_each_half() -> None:
    assert Card.parse("0,0").wiegand().hex() == "00000040"
    assert Card.parse("0,1").wiegand().hex() == "00000080"
    assert Card.parse("128,0").wiegand().hex() == "c0000040"
    assert Card.parse("w34:0").wiegand().hex() == "0000000040"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cards.txt", "123,45678  # the caretaker\n\nw34:7/1111\n"),
        (
            "access.toml",
            '[[credentials]]\nid="a"\ncard="123,45678"\n[[credentials]]\nid="b"\ncard="w34:7"\n'
            '[[credentials]]\nid="c"\ncard=9\nblocked=true\n[[credentials]]\nid="d"\ncard="raw56:9"\n',
        ),
        ("access.json", '{"credentials": [{"id": "a", "card": "123,45678"}, {"id": "b", "card": "w34:7"}]}'),
    ],
)
def test_cards_come_from_a_list_or_from_an_access_file(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    cards = read_cards([5], str(file), "1111")
    assert cards == [
        Card(bits=26, number=5, pin="1111"),
        Card(bits=26, number=123 << 16 | 45678, pin="1111"),
        Card(bits=34, number=7, pin="1111"),
    ]


@pytest.mark.parametrize(("name", "text"), [("gone.txt", None), ("bad.toml", "["), ("bad.json", "[")])
def test_a_file_of_cards_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(BadOptions, match=name):
        read_cards([], str(tmp_path / name), "")
